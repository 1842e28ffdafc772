#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/database/connection.h"
#include "common/database/database.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace dm::database {

// The connections of one Database: at most `pool_size`, opened when first needed. After a failed
// attempt to connect, nobody tries again for a while that doubles from 50 ms to 400 ms, so that a
// server that is starting is not stormed. Thread-safe.
class Pool {
 public:
  // A connection on loan; goes back when destroyed.
  class Lease {
   public:
    Lease(Pool* pool, std::unique_ptr<Connection> connection);
    ~Lease();
    Lease(Lease&& other) noexcept = default;
    Lease& operator=(Lease&&) = delete;

    Connection& connection() { return *connection_; }
    // The connection is dead: it is closed, and so are the idle ones, which most likely died of the
    // same cause and would cost one failed attempt each.
    void Break();
    // Closes this connection alone.
    void Discard();

   private:
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  explicit Pool(Options options);

  // Waits for a connection until the deadline: DEADLINE_EXCEEDED. UNAVAILABLE when there is none
  // to be had now.
  absl::StatusOr<Lease> Acquire(absl::Time deadline);

  // When connecting may be tried again; in the past when it may be tried now.
  absl::Time next_connect() const;
  PoolCounters counters() const;

 private:
  absl::StatusOr<std::unique_ptr<Connection>> Connect();
  void Return(std::unique_ptr<Connection> connection);
  void Drop(std::unique_ptr<Connection> connection, bool idle_too);

  const Options options_;
  mutable absl::Mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_ ABSL_GUARDED_BY(mutex_);
  // Connections that exist or are being opened.
  int open_ ABSL_GUARDED_BY(mutex_) = 0;
  int waiting_ ABSL_GUARDED_BY(mutex_) = 0;
  int failed_connects_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Time next_connect_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  uint64_t opened_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t broken_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace dm::database
