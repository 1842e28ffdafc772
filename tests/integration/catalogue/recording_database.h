#pragma once

#include "common/database/database.h"

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace dm::catalogue {

// A statement as it was run once.
struct RunStatement {
  std::string sql;
  std::vector<std::optional<std::string>> parameters;
};

// A database that notes what is run, by the statements' names. Thread-safe.
class RecordingDatabase final : public database::Database {
 public:
  // `inner` outlives this.
  explicit RecordingDatabase(database::Database* inner) : inner_(inner) {}

  // The last of each name.
  std::map<std::string, RunStatement> statements() const {
    const std::lock_guard lock(mutex_);
    return statements_;
  }
  void Forget() {
    const std::lock_guard lock(mutex_);
    statements_.clear();
  }

 protected:
  absl::Status Run(Mode mode, absl::Time deadline,
                   const std::function<absl::Status(database::Transaction&)>& body) override {
    const auto recorded = [&](database::Transaction& transaction) {
      RecordingTransaction recording(&transaction, this);
      return body(recording);
    };
    return mode == Mode::kWrite ? inner_->Write(deadline, recorded)
                                : inner_->Read(deadline, recorded);
  }

 private:
  class RecordingTransaction final : public database::Transaction {
   public:
    RecordingTransaction(database::Transaction* inner, RecordingDatabase* database)
        : inner_(inner), database_(database) {}

    pqxx::transaction_base& raw() override { return inner_->raw(); }

   private:
    pqxx::result Run(const database::Statement& statement,
                     const std::vector<Parameter>& parameters) override {
      {
        const std::lock_guard lock(database_->mutex_);
        database_->statements_[statement.name] = {statement.sql, parameters};
      }
      return raw().exec_params(statement.sql, pqxx::prepare::make_dynamic_params(parameters));
    }

    database::Transaction* const inner_;
    RecordingDatabase* const database_;
  };

  database::Database* const inner_;
  mutable std::mutex mutex_;
  std::map<std::string, RunStatement> statements_;
};

}  // namespace dm::catalogue
