#pragma once

#include "absl/time/clock.h"
#include "common/time/clock.h"

#include <atomic>

namespace dm::testing {

// The wall clock, moved by as much as a test says. Thread-safe.
class ShiftedClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now() + absl::Microseconds(shift_.load()); }
  void Advance(absl::Duration by) { shift_ += absl::ToInt64Microseconds(by); }

 private:
  std::atomic<int64_t> shift_ = 0;
};

}  // namespace dm::testing
