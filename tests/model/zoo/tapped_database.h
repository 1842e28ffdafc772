#pragma once

#include "common/database/database.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dm::model {

// A database through which faults reach the statements of the real code.
class TappedDatabase : public database::Database {
 public:
  explicit TappedDatabase(std::unique_ptr<database::Database> inner) : inner_(std::move(inner)) {}

  // Past the taps: what is declared for one person is no ledger's work.
  std::unique_ptr<database::Database> As(database::Access access) override {
    return inner_->As(std::move(access));
  }
  database::PoolCounters counters() const override { return inner_->counters(); }

 protected:
  using Parameters = std::vector<std::optional<std::string>>;

  absl::Status Run(Mode mode, absl::Time deadline,
                   const std::function<absl::Status(database::Transaction&)>& body) override;
  // Runs a statement in a transaction of the real database.
  virtual pqxx::result Execute(pqxx::transaction_base& raw, const database::Statement& statement,
                               const Parameters& parameters);

  database::Database& inner() { return *inner_; }

 private:
  class TappedTransaction;

  const std::unique_ptr<database::Database> inner_;
};

}  // namespace dm::model
