#include "common/database/connection.h"

#include "absl/strings/str_cat.h"

#include <cstring>
#include <stdexcept>

namespace dm::database {
namespace {

// The same statement, which sets dm.access to its last parameter for as long as it runs. PostgreSQL
// asks a condition that concerns no row once, before it begins with what stands in FROM. There the
// OFFSET keeps the statement's own conditions of that kind: put beside ours and asked first, they
// would find nothing declared yet.
std::string Declaring(const char* sql, size_t last_parameter) {
  return absl::StrCat("SELECT asked.* FROM (SELECT * FROM (", sql,
                      "\n) AS statement OFFSET 0) AS asked WHERE (SELECT set_config('dm.access', $",
                      last_parameter, ", true)) IS NOT NULL");
}

}  // namespace

Connection::Connection(const std::string& connection_string, bool prepare_statements)
    : link_(connection_string), quiet_(link_), prepare_statements_(prepare_statements) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  // After a lost backend, libpqxx's own reactivation fails once more and forgets the settings.
  link_.inhibit_reactivation(true);
#pragma GCC diagnostic pop
  // Verbose messages name the violated constraint in a line of its own, in any language.
  link_.set_verbosity(pqxx::connection_base::verbose);
}

pqxx::result Connection::Run(pqxx::transaction_base& transaction, const Statement& statement,
                             const std::vector<std::optional<std::string>>& parameters) {
  const auto dynamic = pqxx::prepare::make_dynamic_params(parameters);
  if (!prepare_statements_) return transaction.exec_params(statement.sql, dynamic);
  if (IsNew(statement.name, statement)) link_.prepare(statement.name, statement.sql);
  return transaction.exec_prepared(statement.name, dynamic);
}

pqxx::result Connection::RunDeclared(const std::string& access, pqxx::transaction_base& transaction,
                                     const Statement& statement,
                                     std::vector<std::optional<std::string>> parameters) {
  parameters.push_back(access);
  const std::string name = absl::StrCat("declared_", statement.name);
  if (IsNew(name, statement)) link_.prepare(name, Declaring(statement.sql, parameters.size()));
  return transaction.exec_prepared(name, pqxx::prepare::make_dynamic_params(parameters));
}

bool Connection::IsNew(const std::string& name, const Statement& statement) {
  const auto [entry, added] = prepared_.try_emplace(name, statement.sql);
  if (!added && entry->second != statement.sql && std::strcmp(entry->second, statement.sql) != 0) {
    throw std::logic_error("two statements have the same name");
  }
  return added;
}

}  // namespace dm::database
