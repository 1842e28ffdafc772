#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

#include <functional>
#include <thread>

namespace dm {

// Runs a function again and again on a thread of its own: at once when started, then after the rest
// that it asked for, or as soon as it is woken. Thread-safe.
class RecurringTask {
 public:
  // Says how long to rest afterwards.
  using Work = std::function<absl::Duration()>;

  // Nothing runs before Start.
  explicit RecurringTask(Work work) : work_(std::move(work)) {}
  // Waits for the run that is under way.
  ~RecurringTask();
  RecurringTask(const RecurringTask&) = delete;
  RecurringTask& operator=(const RecurringTask&) = delete;

  void Start();
  // Cuts the rest short; during a run, lets the next one follow at once. Cheap.
  void Wake();

 private:
  void Run();
  // False when it is to end.
  bool Rest(absl::Duration duration);

  const Work work_;
  absl::Mutex mutex_;
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace dm
