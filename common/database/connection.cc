#include "common/database/connection.h"

#include <cstring>
#include <stdexcept>

namespace dm::database {

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
  const auto [entry, added] = prepared_.try_emplace(statement.name, statement.sql);
  if (added) {
    link_.prepare(statement.name, statement.sql);
  } else if (entry->second != statement.sql && std::strcmp(entry->second, statement.sql) != 0) {
    throw std::logic_error("two statements have the same name");
  }
  return transaction.exec_prepared(statement.name, dynamic);
}

}  // namespace dm::database
