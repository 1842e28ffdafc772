#pragma once

#include "common/database/database.h"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dm::testing {

// A statement as it was run once.
struct RunStatement {
  std::string sql;
  std::vector<std::optional<std::string>> parameters;
};

// A database that notes what is run, by the statements' names. Thread-safe.
class RecordingDatabase final : public database::Database {
 public:
  // `inner` outlives this.
  explicit RecordingDatabase(database::Database* inner)
      : RecordingDatabase(inner->As(database::Access::OfService()), std::make_shared<Notes>()) {}

  std::unique_ptr<database::Database> As(database::Access access) override {
    return std::unique_ptr<database::Database>(
        new RecordingDatabase(inner_->As(std::move(access)), notes_));
  }

  // The last of each name.
  std::map<std::string, RunStatement> statements() const {
    const std::lock_guard lock(notes_->mutex);
    return notes_->statements;
  }
  void Forget() {
    const std::lock_guard lock(notes_->mutex);
    notes_->statements.clear();
  }

 protected:
  absl::Status Run(Mode mode, absl::Time deadline,
                   const std::function<absl::Status(database::Transaction&)>& body) override {
    const auto recorded = [&](database::Transaction& transaction) {
      RecordingTransaction recording(&transaction, notes_.get());
      return body(recording);
    };
    return mode == Mode::kWrite ? inner_->Write(deadline, recorded)
                                : inner_->Read(deadline, recorded);
  }

 private:
  struct Notes {
    std::mutex mutex;
    std::map<std::string, RunStatement> statements;
  };

  class RecordingTransaction final : public database::Transaction {
   public:
    RecordingTransaction(database::Transaction* inner, Notes* notes)
        : inner_(inner), notes_(notes) {}

    pqxx::transaction_base& raw() override { return inner_->raw(); }

   private:
    pqxx::result Run(const database::Statement& statement,
                     const std::vector<Parameter>& parameters) override {
      {
        const std::lock_guard lock(notes_->mutex);
        notes_->statements[statement.name] = {statement.sql, parameters};
      }
      return raw().exec_params(statement.sql, pqxx::prepare::make_dynamic_params(parameters));
    }

    database::Transaction* const inner_;
    Notes* const notes_;
  };

  RecordingDatabase(std::unique_ptr<database::Database> inner, std::shared_ptr<Notes> notes)
      : inner_(std::move(inner)), notes_(std::move(notes)) {}

  const std::unique_ptr<database::Database> inner_;
  const std::shared_ptr<Notes> notes_;
};

}  // namespace dm::testing
