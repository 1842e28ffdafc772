#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

#include <grpcpp/grpcpp.h>

namespace dm::gateway::cli {

// Ends from outside what a command waits for. Thread-safe; stays requested.
class Interruption {
 public:
  // Cancels the call that is held and wakes who sleeps.
  void Request() {
    absl::MutexLock lock(&mutex_);
    requested_ = true;
    if (context_ != nullptr) context_->TryCancel();
  }
  bool requested() const {
    absl::MutexLock lock(&mutex_);
    return requested_;
  }
  // False when it was requested before that time was over.
  bool Sleep(absl::Duration time) const {
    absl::MutexLock lock(&mutex_);
    return !mutex_.AwaitWithTimeout(absl::Condition(&requested_), time);
  }

  // Says, for as long as it lives, which call is to be cancelled; one at a time. The context
  // outlives it.
  class Hold {
   public:
    Hold(Interruption* interruption, grpc::ClientContext* context) : interruption_(interruption) {
      interruption_->Set(context);
    }
    ~Hold() { interruption_->Set(nullptr); }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

   private:
    Interruption* const interruption_;
  };

 private:
  void Set(grpc::ClientContext* context) {
    absl::MutexLock lock(&mutex_);
    context_ = context;
    if (requested_ && context_ != nullptr) context_->TryCancel();
  }

  mutable absl::Mutex mutex_;
  bool requested_ ABSL_GUARDED_BY(mutex_) = false;
  grpc::ClientContext* context_ ABSL_GUARDED_BY(mutex_) = nullptr;
};

}  // namespace dm::gateway::cli
