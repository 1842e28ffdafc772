#pragma once

#include "absl/container/flat_hash_map.h"
#include "common/database/database.h"

#include <pqxx/pqxx>

#include <optional>
#include <string>
#include <vector>

namespace dm::database {

// One connection and the statements prepared on it. Never reconnects by itself: a broken one is
// thrown away. Not thread-safe.
class Connection {
 public:
  // Connects; throws pqxx exceptions.
  Connection(const std::string& connection_string, bool prepare_statements);

  pqxx::result Run(pqxx::transaction_base& transaction, const Statement& statement,
                   const std::vector<std::optional<std::string>>& parameters);
  // Runs a statement outside a block, on behalf of `access` (see Access::text): the statement
  // declares it itself, so that it costs no round trip and ends with the statement. Statements are
  // prepared here whatever was said to the constructor.
  pqxx::result RunDeclared(const std::string& access, pqxx::transaction_base& transaction,
                           const Statement& statement,
                           std::vector<std::optional<std::string>> parameters);

  pqxx::connection& link() { return link_; }

 private:
  // Whether the statement must be prepared under this name still. Throws when the name is
  // another's.
  bool IsNew(const std::string& name, const Statement& statement);

  pqxx::connection link_;
  // libpqxx prints notices to stderr unless a handler takes them.
  pqxx::quiet_errorhandler quiet_;
  const bool prepare_statements_;
  // Name under which each statement is prepared here, and its text.
  absl::flat_hash_map<std::string, const char*> prepared_;
};

}  // namespace dm::database
