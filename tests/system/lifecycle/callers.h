#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "tests/system/ledger/booking_client.h"

#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace dm {

// People who call again and again, each on a thread, until this goes. Thread-safe.
class Callers {
 public:
  // One call of the n-th caller, who calls for the m-th time.
  using Call = std::function<grpc::Status(int caller, int number)>;

  Callers(int callers, Call call) : call_(std::move(call)) {
    for (int i = 0; i < callers; ++i) threads_.emplace_back([this, i] { Work(i); });
  }
  ~Callers() { Stop(); }

  void Stop() {
    stop_ = true;
    for (std::thread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
  }

  int answered() const { return answered_; }
  // How many of the calls failed, by code and message.
  std::map<std::string, int> failures() const {
    absl::MutexLock lock(&mutex_);
    return failures_;
  }

 private:
  void Work(int caller) {
    for (int number = 0; !stop_; ++number) {
      const grpc::Status status = call_(caller, number);
      ++answered_;
      if (status.ok()) continue;
      absl::MutexLock lock(&mutex_);
      ++failures_[absl::StrCat(status.error_code(), " ", status.error_message())];
    }
  }

  const Call call_;
  std::atomic<bool> stop_ = false;
  std::atomic<int> answered_ = 0;
  mutable absl::Mutex mutex_;
  std::map<std::string, int> failures_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;
};

}  // namespace dm
