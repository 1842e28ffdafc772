#pragma once

#include "absl/strings/str_cat.h"
#include "tests/support/recording_database.h"

#include <pqxx/pqxx>

#include <string>

namespace dm::testing {

// As often as a prepared statement is planned anew before PostgreSQL chooses whether to go on so.
inline constexpr int kCallsBeforeItsChoice = 6;

// A statement's parameters, as EXECUTE takes them.
inline std::string Literals(pqxx::transaction_base& transaction, const RunStatement& statement) {
  std::string literals;
  for (const auto& parameter : statement.parameters) {
    absl::StrAppend(&literals, literals.empty() ? "(" : ", ",
                    parameter.has_value() ? transaction.quote(*parameter) : "NULL");
  }
  return literals.empty() ? "" : literals + ")";
}

// The plan of a prepared statement after `calls` of it, as the transaction's role has it. `mode` is
// a plan_cache_mode: made for these parameters, for any, or what PostgreSQL chooses ("auto").
inline std::string PlanOf(database::Transaction& transaction, const RunStatement& statement,
                          const std::string& mode, int calls = 0) {
  pqxx::transaction_base& raw = transaction.raw();
  raw.exec("SET LOCAL plan_cache_mode = " + mode);
  raw.exec("PREPARE looked_at AS " + statement.sql);
  const std::string execute = "EXECUTE looked_at" + Literals(raw, statement);
  for (int call = 0; call < calls; ++call) raw.exec(execute);
  std::string plan;
  for (const pqxx::row& row : raw.exec("EXPLAIN " + execute)) {
    absl::StrAppend(&plan, row[0].c_str(), "\n");
  }
  raw.exec("DEALLOCATE looked_at");
  return plan;
}

}  // namespace dm::testing
