#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/database/database.h"

namespace dm::database {
namespace {

// Every element is quoted: then NULL, commas, braces and the empty string need no case of their
// own.
void AppendQuoted(std::string& out, absl::string_view value) {
  out.push_back('"');
  for (const char c : value) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('"');
}

template <typename Values, typename Append>
std::string Literal(const Values& values, Append append) {
  std::string out = "{";
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out.push_back(',');
    append(out, values[i]);
  }
  out.push_back('}');
  return out;
}

}  // namespace

std::string Transaction::ArrayLiteral(const std::vector<std::string>& values) {
  return Literal(values, [](std::string& out, const std::string& v) { AppendQuoted(out, v); });
}

std::string Transaction::ArrayLiteral(const std::vector<std::optional<std::string>>& values) {
  return Literal(values, [](std::string& out, const std::optional<std::string>& v) {
    if (v.has_value()) {
      AppendQuoted(out, *v);
    } else {
      out.append("NULL");
    }
  });
}

std::string Transaction::ArrayLiteral(const std::vector<int64_t>& values) {
  return Literal(values, [](std::string& out, int64_t v) { absl::StrAppend(&out, v); });
}

std::string Transaction::ArrayLiteral(const std::vector<std::optional<int64_t>>& values) {
  return Literal(values, [](std::string& out, const std::optional<int64_t>& v) {
    if (v.has_value()) {
      absl::StrAppend(&out, *v);
    } else {
      out.append("NULL");
    }
  });
}

std::string Transaction::ArrayLiteral(const std::vector<int>& values) {
  return Literal(values, [](std::string& out, int v) { absl::StrAppend(&out, v); });
}

std::string Transaction::ArrayLiteral(const std::vector<double>& values) {
  return Literal(values, [](std::string& out, double v) { out.append(pqxx::to_string(v)); });
}

std::string Transaction::ArrayLiteral(const std::vector<bool>& values) {
  return Literal(values, [](std::string& out, bool v) { out.push_back(v ? 't' : 'f'); });
}

std::string ToBytea(absl::string_view bytes) {
  return absl::StrCat("\\x", absl::BytesToHexString(bytes));
}

std::string FromBytea(const pqxx::field& field) {
  if (field.is_null()) return "";
  const absl::string_view text(field.c_str(), field.size());
  // `bytea_output` is hex unless somebody changed the server's default.
  if (text.size() >= 2 && text[0] == '\\' && text[1] == 'x') {
    return absl::HexStringToBytes(text.substr(2));
  }
  return pqxx::binarystring(field).str();
}

int64_t ToMicros(absl::Time time) { return absl::ToUnixMicros(time); }

absl::Time FromMicros(int64_t micros) { return absl::FromUnixMicros(micros); }

}  // namespace dm::database
