#include "common/database/connection_string.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/errors/error.h"

#include <libpq-fe.h>

#include <fstream>
#include <map>
#include <memory>
#include <sstream>

namespace dm::database {
namespace {

// A transaction whose process was stopped gives its locks back after this time.
constexpr char kIdleInTransaction[] = "10s";

using Keywords = std::map<std::string, std::string>;

absl::StatusOr<Keywords> Parse(const std::string& connection) {
  char* error = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> parsed(
      PQconninfoParse(connection.c_str(), &error), &PQconninfoFree);
  const std::unique_ptr<char, decltype(&PQfreemem)> owned_error(error, &PQfreemem);
  // libpq's message would quote the string.
  if (parsed == nullptr) return absl::InvalidArgumentError("malformed connection string");
  Keywords keywords;
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) keywords[option->keyword] = option->val;
  }
  return keywords;
}

bool IsIdentifier(const std::string& name) {
  if (name.empty() || name.size() > 63 || absl::ascii_isdigit(name[0])) return false;
  for (const char c : name) {
    if (!absl::ascii_islower(c) && !absl::ascii_isdigit(c) && c != '_') return false;
  }
  return true;
}

std::string SearchPath(const Options& options) {
  return options.schema.empty() ? "public" : absl::StrCat(options.schema, ",public");
}

std::string Quote(const std::string& value) {
  std::string out = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('\'');
  return out;
}

}  // namespace

absl::Status CheckOptions(const Options& options) {
  const auto keywords = Parse(options.connection);
  if (!keywords.ok()) return keywords.status();
  for (const char* secret : {"password", "sslpassword"}) {
    if (keywords->count(secret) > 0) {
      return absl::InvalidArgumentError(
          "the connection string must not hold a password: put it into a file");
    }
  }
  if (!options.schema.empty() && !IsIdentifier(options.schema)) {
    return absl::InvalidArgumentError("the schema must match [a-z_][a-z0-9_]{0,62}");
  }
  if (options.pool_size < 1) return absl::InvalidArgumentError("the pool needs a connection");
  return absl::OkStatus();
}

absl::StatusOr<std::string> FullConnectionString(const Options& options) {
  absl::StatusOr<Keywords> keywords = Parse(options.connection);
  if (!keywords.ok()) return keywords.status();
  // Defaults for what the operator left open: a server that vanished without a word is noticed
  // within seconds instead of after the kernel's fifteen minutes.
  keywords->insert({{"connect_timeout", "3"},
                    {"keepalives_idle", "10"},
                    {"keepalives_interval", "3"},
                    {"keepalives_count", "3"},
                    {"tcp_user_timeout", "10000"},
                    {"client_encoding", "UTF8"}});
  if (!options.application_name.empty()) {
    keywords->insert({"application_name", options.application_name});
  }
  if (options.prepare_statements) {
    absl::StrAppend(&(*keywords)["options"], " -c search_path=", SearchPath(options),
                    " -c idle_in_transaction_session_timeout=", kIdleInTransaction);
  }
  if (!options.password_file.empty()) {
    std::ifstream file(options.password_file);
    std::stringstream content;
    content << file.rdbuf();
    if (!file) return BackendUnavailableError("the password of the database");
    (*keywords)["password"] = std::string(absl::StripAsciiWhitespace(content.str()));
  }
  std::string out;
  for (const auto& [keyword, value] : *keywords) {
    absl::StrAppend(&out, out.empty() ? "" : " ", keyword, "=", Quote(value));
  }
  return out;
}

std::string LocalSettings(const Options& options) {
  return absl::StrCat("SET LOCAL search_path = ", SearchPath(options),
                      "; SET LOCAL idle_in_transaction_session_timeout = '", kIdleInTransaction,
                      "'; ");
}

}  // namespace dm::database
