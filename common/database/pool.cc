#include "common/database/pool.h"

#include "absl/random/random.h"
#include "common/database/connection_string.h"
#include "common/database/failure.h"
#include "common/errors/error.h"

#include <algorithm>
#include <utility>

namespace dm::database {
namespace {

constexpr absl::Duration kLongestBackoff = absl::Milliseconds(400);

}  // namespace

Pool::Lease::Lease(Pool* pool, std::unique_ptr<Connection> connection)
    : pool_(pool), connection_(std::move(connection)) {}

Pool::Lease::~Lease() {
  if (connection_ != nullptr) pool_->Return(std::move(connection_));
}

void Pool::Lease::Break() { pool_->Drop(std::move(connection_), /*idle_too=*/true); }

void Pool::Lease::Discard() { pool_->Drop(std::move(connection_), /*idle_too=*/false); }

Pool::Pool(Options options) : options_(std::move(options)) {}

absl::StatusOr<Pool::Lease> Pool::Acquire(absl::Time deadline) {
  {
    absl::MutexLock lock(&mutex_);
    const auto available = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
      return !idle_.empty() || open_ < options_.pool_size;
    };
    ++waiting_;
    const bool got = mutex_.AwaitWithDeadline(absl::Condition(&available), deadline);
    --waiting_;
    if (!got) return DeadlineError();
    if (!idle_.empty()) {
      // The one used last: its caches are warm.
      Lease lease(this, std::move(idle_.back()));
      idle_.pop_back();
      return lease;
    }
    if (absl::Now() < next_connect_) return BackendUnavailableError("the database");
    ++open_;
  }
  absl::StatusOr<std::unique_ptr<Connection>> connection = Connect();
  absl::MutexLock lock(&mutex_);
  if (!connection.ok()) {
    --open_;
    const absl::Duration backoff =
        std::min(absl::Milliseconds(50) * (1 << std::min(failed_connects_, 5)), kLongestBackoff);
    ++failed_connects_;
    absl::BitGen random;
    next_connect_ = absl::Now() + backoff * absl::Uniform(random, 0.5, 1.0);
    return connection.status();
  }
  failed_connects_ = 0;
  next_connect_ = absl::InfinitePast();
  ++opened_;
  return Lease(this, *std::move(connection));
}

absl::StatusOr<std::unique_ptr<Connection>> Pool::Connect() {
  const absl::StatusOr<std::string> text = FullConnectionString(options_);
  if (!text.ok()) return text.status();
  try {
    return std::make_unique<Connection>(*text, options_.prepare_statements);
  } catch (...) {
    return CurrentFailure("connect", /*committing=*/false).status;
  }
}

void Pool::Return(std::unique_ptr<Connection> connection) {
  absl::MutexLock lock(&mutex_);
  idle_.push_back(std::move(connection));
}

void Pool::Drop(std::unique_ptr<Connection> connection, bool idle_too) {
  // Closed after the lock is released.
  std::vector<std::unique_ptr<Connection>> dead;
  {
    absl::MutexLock lock(&mutex_);
    if (idle_too) dead.swap(idle_);
    dead.push_back(std::move(connection));
    open_ -= static_cast<int>(dead.size());
    broken_ += dead.size();
  }
}

absl::Time Pool::next_connect() const {
  absl::MutexLock lock(&mutex_);
  return next_connect_;
}

PoolCounters Pool::counters() const {
  absl::MutexLock lock(&mutex_);
  const int idle = static_cast<int>(idle_.size());
  return {.waiting = waiting_,
          .in_use = open_ - idle,
          .idle = idle,
          .opened = opened_,
          .broken = broken_};
}

}  // namespace dm::database
