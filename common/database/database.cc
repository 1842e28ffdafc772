#include "common/database/database.h"

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "common/database/connection_string.h"
#include "common/database/deadline_watch.h"
#include "common/database/failure.h"
#include "common/database/pool.h"
#include "common/database/transaction_span.h"
#include "common/errors/error.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <utility>

namespace dm::database {
namespace {

constexpr int kAttempts = 5;

// A transaction that is begun by a text of ours, so that isolation level and time limits travel
// with BEGIN in one round trip.
class OneTripTransaction final : public pqxx::dbtransaction {
 public:
  OneTripTransaction(pqxx::connection_base& link, std::string begin)
      : namedclass("transaction"), pqxx::dbtransaction(link), begin_(std::move(begin)) {
    Begin();
  }
  ~OneTripTransaction() noexcept override { End(); }

 private:
  void do_begin() override { direct_exec(begin_.c_str()); }
  void do_commit() override {
    try {
      direct_exec("COMMIT");
    } catch (const std::exception&) {
      if (!conn().is_open()) throw pqxx::in_doubt_error("connection lost during COMMIT");
      throw;
    }
  }

  const std::string begin_;
};

class RunningTransaction final : public Transaction {
 public:
  // Each statement declares `access`; empty inside a block, whose begin has done so.
  RunningTransaction(Connection* connection, pqxx::transaction_base* raw, absl::Time deadline,
                     std::string access = "")
      : connection_(connection), raw_(raw), deadline_(deadline), access_(std::move(access)) {}

  pqxx::transaction_base& raw() override { return *raw_; }
  const char* last_statement() const { return last_statement_; }
  // Whether a statement failed and the body swallowed its exception: PostgreSQL would turn COMMIT
  // into a silent ROLLBACK.
  bool failed() const { return failed_; }

 private:
  pqxx::result Run(const Statement& statement, const std::vector<Parameter>& parameters) override {
    // statement_timeout bounds each statement; this bounds their number.
    if (absl::Now() >= deadline_) throw DeadlinePassed();
    last_statement_ = statement.name;
    TransactionSpan::Note(statement.name);
    failed_ = true;
    pqxx::result result = access_.empty()
                              ? connection_->Run(*raw_, statement, parameters)
                              : connection_->RunDeclared(access_, *raw_, statement, parameters);
    failed_ = false;
    return result;
  }

  Connection* const connection_;
  pqxx::transaction_base* const raw_;
  const absl::Time deadline_;
  const std::string access_;
  const char* last_statement_ = "";
  bool failed_ = false;
};

int64_t TimeoutMillis(absl::Time deadline) {
  // 0 means no limit to PostgreSQL.
  if (deadline == absl::InfiniteFuture()) return 0;
  const absl::Duration left = deadline - absl::Now();
  return std::clamp<int64_t>(absl::ToInt64Milliseconds(absl::Ceil(left, absl::Milliseconds(1))), 1,
                             std::numeric_limits<int32_t>::max());
}

absl::Status SwallowedError(const char* statement) {
  return MakeError(
      absl::StatusCode::kInternal,
      absl::StrCat("database: statement ", statement, " failed and the failure was swallowed"),
      {.reason = "INTERNAL"});
}

// What all databases of one pool share.
struct Shared {
  explicit Shared(Options options)
      : local_settings(options.prepare_statements ? "" : LocalSettings(options)),
        keeps_session(options.prepare_statements),
        pool(std::move(options)) {}

  const std::string local_settings;
  // False behind a pooler, where settings and prepared statements do not outlive a transaction.
  const bool keeps_session;
  Pool pool;
  DeadlineWatch watch;
  std::atomic<uint64_t> retried = 0;
};

class PooledDatabase final : public Database {
 public:
  PooledDatabase(std::shared_ptr<Shared> shared, Access access)
      : shared_(std::move(shared)), access_(std::move(access)) {}

  std::unique_ptr<Database> As(Access access) override {
    return std::make_unique<PooledDatabase>(shared_, std::move(access));
  }

  PoolCounters counters() const override {
    PoolCounters counters = shared_->pool.counters();
    counters.retried = shared_->retried.load(std::memory_order_relaxed);
    return counters;
  }

 private:
  absl::Status Run(Mode mode, absl::Time deadline,
                   const std::function<absl::Status(Transaction&)>& body) override {
    TransactionSpan span(mode == Mode::kWrite ? "write" : mode == Mode::kRead ? "read" : "query");
    absl::Status status = Try(mode, deadline, body);
    span.End(status);
    return status;
  }

  absl::Status Try(Mode mode, absl::Time deadline,
                   const std::function<absl::Status(Transaction&)>& body) {
    for (int attempt = 1;; ++attempt) {
      if (absl::Now() >= deadline) return DeadlineError();
      absl::StatusOr<Pool::Lease> lease = shared_->pool.Acquire(deadline);
      Failure outcome;
      if (lease.ok()) {
        outcome = Attempt(lease->connection(), mode, deadline, body);
        if (outcome.broken) {
          lease->Break();
        } else if (outcome.unsure) {
          lease->Discard();
        }
      } else {
        outcome = {.status = lease.status(), .retry = absl::IsUnavailable(lease.status())};
      }
      if (!outcome.retry || attempt == kAttempts) return outcome.status;
      // The pause must not hold a connection that others wait for.
      { const auto given_back = std::move(lease); }
      shared_->retried.fetch_add(1, std::memory_order_relaxed);
      if (!Pause(attempt, outcome.broken, deadline)) return outcome.status;
    }
  }

  // False when the deadline leaves no time for another attempt.
  bool Pause(int attempt, bool broken, absl::Time deadline) {
    absl::BitGen random;
    const absl::Time now = absl::Now();
    // A connection found dead is replaced at once; rivals for the same rows need to spread out.
    absl::Time until = now;
    if (!broken || attempt > 1) {
      until += absl::Milliseconds(5) * (1 << attempt) * absl::Uniform(random, 0.5, 1.0);
    }
    until = std::max(until, shared_->pool.next_connect());
    if (until >= deadline) return false;
    absl::SleepFor(until - now);
    return true;
  }

  std::string BeginText(Connection& connection, Mode mode, absl::Time deadline) const {
    std::string text = absl::StrCat(
        mode == Mode::kRead ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; " : "BEGIN; ",
        shared_->local_settings, "SET LOCAL statement_timeout = ", TimeoutMillis(deadline));
    if (!access_.text().empty()) {
      absl::StrAppend(&text, "; SET LOCAL dm.access = ", connection.link().quote(access_.text()));
    }
    return text;
  }

  Failure Attempt(Connection& connection, Mode mode, absl::Time deadline,
                  const std::function<absl::Status(Transaction&)>& body) {
    if (mode == Mode::kSingle && shared_->keeps_session) return Single(connection, deadline, body);
    const char* last_statement = "begin";
    bool committing = false;
    try {
      OneTripTransaction raw(connection.link(), BeginText(connection, mode, deadline));
      RunningTransaction transaction(&connection, &raw, deadline);
      absl::Status status;
      try {
        status = body(transaction);
      } catch (...) {
        last_statement = transaction.last_statement();
        throw;
      }
      last_statement = transaction.last_statement();
      if (status.ok() && transaction.failed()) status = SwallowedError(last_statement);
      if (!status.ok()) return RollBack(raw, std::move(status));
      committing = true;
      raw.commit();
      return {};
    } catch (...) {
      // What only read can be repeated whatever became of its COMMIT.
      return CurrentFailure(last_statement, committing && mode != Mode::kRead);
    }
  }

  static Failure RollBack(OneTripTransaction& raw, absl::Status status) {
    try {
      raw.abort();
    } catch (...) {
      return {.status = std::move(status), .broken = true};
    }
    return {.status = std::move(status)};
  }

  Failure Single(Connection& connection, absl::Time deadline,
                 const std::function<absl::Status(Transaction&)>& body) {
    DeadlineWatch::Guard guard(&shared_->watch, &connection.link(), deadline);
    const char* last_statement = "";
    Failure outcome;
    try {
      pqxx::nontransaction raw(connection.link());
      RunningTransaction transaction(&connection, &raw, deadline, access_.text());
      try {
        outcome.status = body(transaction);
      } catch (...) {
        last_statement = transaction.last_statement();
        throw;
      }
    } catch (...) {
      outcome = CurrentFailure(last_statement, /*committing=*/false);
    }
    outcome.unsure = guard.Finish();
    return outcome;
  }

  const std::shared_ptr<Shared> shared_;
  const Access access_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> Database::Open(Options options) {
  const absl::Status status = CheckOptions(options);
  if (!status.ok()) return status;
  Access access = options.access;
  return std::make_unique<PooledDatabase>(std::make_shared<Shared>(std::move(options)),
                                          std::move(access));
}

}  // namespace dm::database
