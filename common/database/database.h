#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/database/access.h"

#include <pqxx/pqxx>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

// PostgreSQL as the services see it: a bounded pool, transactions with bounded retry, and
// statements that have names. libpqxx throws inside; nothing throws out of Read and Write.
namespace dm::database {

// A statement with a stable name, for metrics and for preparing it once per connection. Written as
// `constexpr Statement kFindOffer{"find_offer", R"sql(...)sql"};` above the function that uses it.
struct Statement {
  const char* name;
  const char* sql;
};

// A transaction in progress on one connection. Lives only inside the function given to Read or
// Write; not thread-safe.
class Transaction {
 public:
  virtual ~Transaction() = default;

  // Runs a statement with parameters $1, $2 and so on: std::string, const char*, numbers, bool,
  // std::optional of those, and std::vector of std::string, integers or double, sent as an array.
  // Throws pqxx exceptions, which Read and Write turn into a status: code between is neutral.
  template <typename... Args>
  pqxx::result Exec(const Statement& statement, const Args&... args) {
    std::vector<Parameter> parameters;
    parameters.reserve(sizeof...(args));
    (parameters.push_back(ToParameter(args)), ...);
    return Run(statement, parameters);
  }

  // The connection's COPY and unprepared text, for imports and migrations. Neither is bounded by
  // more than statement_timeout.
  virtual pqxx::transaction_base& raw() = 0;

 protected:
  // Text form of a parameter; absent for NULL.
  using Parameter = std::optional<std::string>;
  virtual pqxx::result Run(const Statement& statement,
                           const std::vector<Parameter>& parameters) = 0;

 private:
  static Parameter ToParameter(const std::string& value) { return value; }
  static Parameter ToParameter(const char* value) { return std::string(value); }
  static Parameter ToParameter(absl::string_view value) { return std::string(value); }
  static Parameter ToParameter(bool value) { return std::string(value ? "t" : "f"); }
  template <typename T>
  requires(std::is_arithmetic_v<T>) static Parameter ToParameter(T value) {
    return pqxx::to_string(value);
  }
  template <typename T>
  static Parameter ToParameter(const std::optional<T>& value) {
    if (!value.has_value()) return std::nullopt;
    return ToParameter(*value);
  }
  template <typename T>
  static Parameter ToParameter(const std::vector<T>& values) {
    return ArrayLiteral(values);
  }
  static std::string ArrayLiteral(const std::vector<std::string>& values);
  static std::string ArrayLiteral(const std::vector<std::optional<std::string>>& values);
  static std::string ArrayLiteral(const std::vector<int64_t>& values);
  static std::string ArrayLiteral(const std::vector<std::optional<int64_t>>& values);
  static std::string ArrayLiteral(const std::vector<int>& values);
  static std::string ArrayLiteral(const std::vector<double>& values);
  static std::string ArrayLiteral(const std::vector<bool>& values);
};

// Bytes as a parameter of type bytea ("\\x…"), and a bytea column of a result as bytes.
std::string ToBytea(absl::string_view bytes);
std::string FromBytea(const pqxx::field& field);

// Times travel as microseconds since the Unix epoch, in bigint parameters and columns: exact, and
// free of the session's time zone. In SQL: dm_time(bigint) and dm_micros(timestamptz), which every
// schema gets from the "database" migration series.
int64_t ToMicros(absl::Time time);
absl::Time FromMicros(int64_t micros);

// The constraint that a failed Write violated, for instance "bookings_one_live_per_session"; empty
// when it failed for another cause.
std::string ViolatedConstraint(const absl::Status& status);

struct Options {
  // libpq connection string or URI without a password.
  std::string connection;
  // File that holds the password; empty for none.
  std::string password_file;
  // search_path of every connection: the service's own schema, then public for extensions.
  std::string schema;
  std::string application_name;
  // Connections at most; near the number of cores, not of callers.
  int pool_size = 4;
  // Off behind a pooler in transaction mode, where a prepared statement may meet another server.
  bool prepare_statements = true;
  // On whose behalf statements run, unless As says otherwise.
  Access access = Access::OfNobody();
};

// The state of a pool, for metrics.
struct PoolCounters {
  // Callers that wait for a connection, connections on loan, connections at rest: now.
  int waiting = 0;
  int in_use = 0;
  int idle = 0;
  // Connections opened, found broken, and transactions tried again: since the start.
  uint64_t opened = 0;
  uint64_t broken = 0;
  uint64_t retried = 0;
};

// A bounded pool of connections, opened when first needed, replaced with backoff when lost.
// Thread-safe.
class Database {
 public:
  // Does not connect yet. INVALID_ARGUMENT for a connection string that holds a password or is
  // malformed.
  static absl::StatusOr<std::unique_ptr<Database>> Open(Options options);
  virtual ~Database() = default;

  // Runs `body` in a read-write transaction (READ COMMITTED) and commits when it returns OK, else
  // rolls back. A serialization failure, a deadlock or a connection lost before COMMIT is retried,
  // at most 5 attempts in all and within the deadline, so `body` may run again: it must start
  // afresh each time. When the connection breaks during COMMIT the outcome is unknown: that is
  // UNAVAILABLE and is not retried here; the caller's request_id makes a retry safe. Else:
  // DEADLINE_EXCEEDED (statement_timeout is what is left), UNAVAILABLE (no connection, disk full),
  // ALREADY_EXISTS or FAILED_PRECONDITION with ViolatedConstraint, INTERNAL (a defect).
  template <typename Body>
  auto Write(absl::Time deadline, Body&& body) -> std::invoke_result_t<Body, Transaction&> {
    return RunTyped(Mode::kWrite, deadline, std::forward<Body>(body));
  }

  // The same in a read-only transaction with one snapshot (REPEATABLE READ).
  template <typename Body>
  auto Read(absl::Time deadline, Body&& body) -> std::invoke_result_t<Body, Transaction&> {
    return RunTyped(Mode::kRead, deadline, std::forward<Body>(body));
  }

  // One statement outside a transaction block: one round trip, for reads by key. It must not write:
  // it is tried again when the connection is lost.
  template <typename... Args>
  absl::StatusOr<pqxx::result> Query(absl::Time deadline, const Statement& statement,
                                     const Args&... args) {
    absl::StatusOr<pqxx::result> result = absl::UnknownError("");
    const absl::Status status = Run(Mode::kSingle, deadline, [&](Transaction& transaction) {
      result = transaction.Exec(statement, args...);
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    return result;
  }

  // The same pool for statements on another's behalf. Costs an allocation: it may be asked for at
  // each call, and outlive this.
  virtual std::unique_ptr<Database> As(Access access) = 0;

  // The pool's state now.
  virtual PoolCounters counters() const { return {}; }

 protected:
  enum class Mode { kWrite, kRead, kSingle };
  virtual absl::Status Run(Mode mode, absl::Time deadline,
                           const std::function<absl::Status(Transaction&)>& body) = 0;

 private:
  template <typename Body>
  auto RunTyped(Mode mode, absl::Time deadline, Body&& body)
      -> std::invoke_result_t<Body, Transaction&> {
    using Result = std::invoke_result_t<Body, Transaction&>;
    if constexpr (std::is_same_v<Result, absl::Status>) {
      return Run(mode, deadline, body);
    } else {
      Result result = absl::UnknownError("");
      absl::Status status = Run(mode, deadline, [&](Transaction& transaction) {
        result = body(transaction);
        return result.status();
      });
      if (!status.ok()) return status;
      return result;
    }
  }
};

}  // namespace dm::database
