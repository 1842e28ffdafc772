#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/time/clock.h"

#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace dm {

// Runs blocking work (SQL above all) on a fixed number of threads behind a bounded queue, so that
// no gRPC thread ever waits for the database and an overload is refused at once instead of being
// queued until every caller has gone. What would not even begin before its deadline is refused at
// once, too: how long tasks take is learned from those that ran. First in, first out. Thread-safe.
class Executor {
 public:
  using Task = absl::AnyInvocable<void() &&>;

  struct Options {
    int threads = 2;
    // Tasks that may wait; those that run do not count.
    size_t queue_capacity = 256;
    // Outlives the executor.
    const Clock* clock = &Clock::System();
    // Hears how long each task waited, on the thread that runs it. May be null.
    std::function<void(absl::Duration)> waited = nullptr;
  };

  explicit Executor(Options options);
  // Runs what is queued, then joins.
  ~Executor();

  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // False when the queue is full, when what is queued already will take until `deadline`, or when
  // Stop was called; the task is then untouched by any thread and is destroyed by the caller.
  [[nodiscard]] bool TrySubmit(Task task, absl::Time deadline = absl::InfiniteFuture());

  // Takes nothing more, runs what is queued, joins. Idempotent.
  void Stop();

  size_t queued() const;

  // How long a task that is submitted now will wait, as it looks; zero while nothing is queued.
  absl::Duration ExpectedWait() const;

 private:
  struct Queued {
    Task task;
    absl::Time since;
  };

  void Work();
  // Remembers how long a task took.
  void Learn(absl::Duration took);
  absl::Duration WaitBehindQueue() const ABSL_SHARED_LOCKS_REQUIRED(mutex_);

  const Options options_;
  mutable absl::Mutex mutex_;
  std::deque<Queued> queue_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  // Of a task, on average; the latest ones count most.
  absl::Duration usual_time_ ABSL_GUARDED_BY(mutex_) = absl::ZeroDuration();
  std::vector<std::thread> threads_;
};

}  // namespace dm
