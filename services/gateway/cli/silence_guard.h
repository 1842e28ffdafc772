#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

#include <grpcpp/grpcpp.h>

#include <thread>

namespace dm::gateway::cli {

// Cancels a call from which nothing has come for too long: a connection that is lost without a word
// would else be waited for until the deadline. Thread-safe.
class SilenceGuard {
 public:
  // The context outlives it.
  SilenceGuard(grpc::ClientContext* context, absl::Duration patience)
      : context_(context), patience_(patience), thread_([this] { Guard(); }) {}
  ~SilenceGuard() {
    {
      absl::MutexLock lock(&mutex_);
      ended_ = true;
    }
    thread_.join();
  }
  SilenceGuard(const SilenceGuard&) = delete;
  SilenceGuard& operator=(const SilenceGuard&) = delete;

  void Heard() {
    absl::MutexLock lock(&mutex_);
    heard_ = true;
  }

 private:
  void Guard() {
    absl::MutexLock lock(&mutex_);
    const auto changed = [this]()
                             ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return heard_ || ended_; };
    while (!ended_) {
      heard_ = false;
      if (!mutex_.AwaitWithTimeout(absl::Condition(&changed), patience_)) {
        context_->TryCancel();
        return;
      }
    }
  }

  grpc::ClientContext* const context_;
  const absl::Duration patience_;
  absl::Mutex mutex_;
  bool heard_ ABSL_GUARDED_BY(mutex_) = false;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  // Begins when all of the above is there.
  std::thread thread_;
};

}  // namespace dm::gateway::cli
