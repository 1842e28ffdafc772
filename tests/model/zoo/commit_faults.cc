#include "tests/model/zoo/faults.h"
#include "tests/model/zoo/tapped_database.h"

#include <atomic>
#include <memory>
#include <utility>

namespace dm::model {
namespace {

// So many writes go well before one does not.
constexpr int kEvery = 50;

// Says that a transaction is committed before it is: what a crash in between takes with it was
// acknowledged.
class HastyDatabase final : public TappedDatabase {
 public:
  using TappedDatabase::TappedDatabase;

 private:
  absl::Status Run(Mode mode, absl::Time deadline,
                   const std::function<absl::Status(database::Transaction&)>& body) override {
    if (mode != Mode::kWrite || ++writes_ % kEvery != 0) {
      return TappedDatabase::Run(mode, deadline, body);
    }
    absl::Status said;
    const absl::Status lost = inner().Write(deadline, [&](database::Transaction& transaction) {
      said = body(transaction);
      return said.ok() ? absl::CancelledError("the process is gone") : said;
    });
    return absl::IsCancelled(lost) ? said : lost;
  }

  std::atomic<int> writes_ = 0;
};

// Writes the events of a transaction in a second one, once the first is committed: what a crash in
// between takes with it nobody hears of.
class TwoStepDatabase final : public TappedDatabase {
 public:
  using TappedDatabase::TappedDatabase;

 private:
  absl::Status Run(Mode mode, absl::Time deadline,
                   const std::function<absl::Status(database::Transaction&)>& body) override {
    events_.clear();
    const absl::Status first = TappedDatabase::Run(mode, deadline, body);
    const std::vector<Parameters> events = std::move(events_);
    if (!first.ok() || events.empty() || ++writes_ % kEvery == 0) return first;
    return inner().Write(deadline, [&](database::Transaction& transaction) {
      for (const Parameters& parameters : events) {
        TappedDatabase::Execute(transaction.raw(), append_, parameters);
      }
      return absl::OkStatus();
    });
  }

  pqxx::result Execute(pqxx::transaction_base& raw, const database::Statement& statement,
                       const Parameters& parameters) override {
    if (absl::string_view(statement.name) != "append_to_outbox") {
      return TappedDatabase::Execute(raw, statement, parameters);
    }
    append_ = statement;
    events_.push_back(parameters);
    return {};
  }

  static thread_local std::vector<Parameters> events_;
  static thread_local database::Statement append_;
  std::atomic<int> writes_ = 0;
};

thread_local std::vector<TwoStepDatabase::Parameters> TwoStepDatabase::events_;
thread_local database::Statement TwoStepDatabase::append_ = {"", ""};

template <typename Database>
SeededFault Behind(std::string name, std::string check) {
  SeededFault fault = {std::move(name), std::move(check), {}};
  fault.setting.wrap_database = [](std::unique_ptr<database::Database> inner) {
    return std::make_unique<Database>(std::move(inner));
  };
  return fault;
}

}  // namespace

std::vector<SeededFault> CommitFaults() {
  return {
      Behind<HastyDatabase>("AnsweredBeforeTheCommit", "durable"),
      Behind<TwoStepDatabase>("EventsInASecondTransaction", "audit"),
  };
}

}  // namespace dm::model
