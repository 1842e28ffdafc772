#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"

#include <cstddef>
#include <deque>
#include <string>
#include <thread>
#include <vector>

namespace dm {

// Runs blocking work (SQL above all) on a fixed number of threads behind a bounded queue, so that
// no gRPC thread ever waits for the database and an overload is refused at once instead of being
// queued until every caller has gone. First in, first out. Thread-safe.
class Executor {
 public:
  using Task = absl::AnyInvocable<void() &&>;

  struct Options {
    int threads = 2;
    // Tasks that may wait; those that run do not count.
    size_t queue_capacity = 256;
  };

  explicit Executor(Options options);
  // Runs what is queued, then joins.
  ~Executor();

  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // False when the queue is full or Stop was called; the task is then untouched by any thread and
  // is destroyed by the caller.
  [[nodiscard]] bool TrySubmit(Task task);

  // Takes nothing more, runs what is queued, joins. Idempotent.
  void Stop();

  size_t queued() const;

 private:
  void Work();

  const Options options_;
  mutable absl::Mutex mutex_;
  std::deque<Task> queue_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace dm
