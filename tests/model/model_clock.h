#pragma once

#include "absl/time/clock.h"
#include "common/time/clock.h"

#include <atomic>
#include <chrono>

namespace dm::model {

// Begins with the wall clock, runs as the steady one, and is set forward by as much as a run says:
// it never runs back, whatever becomes of the machine's time. Thread-safe.
class ModelClock final : public Clock {
 public:
  absl::Time Now() const override {
    const auto passed = std::chrono::steady_clock::now() - steady_start_;
    return start_ + absl::FromChrono(passed) + absl::Microseconds(shift_.load());
  }
  void Advance(absl::Duration by) { shift_ += absl::ToInt64Microseconds(by); }

 private:
  const absl::Time start_ = absl::Now();
  const std::chrono::steady_clock::time_point steady_start_ = std::chrono::steady_clock::now();
  std::atomic<int64_t> shift_ = 0;
};

}  // namespace dm::model
