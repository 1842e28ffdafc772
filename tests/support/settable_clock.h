#pragma once

#include "common/time/clock.h"

namespace dm::testing {

// A clock that stands where a test puts it. For one thread.
class SettableClock final : public Clock {
 public:
  explicit SettableClock(absl::Time now) : now_(now) {}
  absl::Time Now() const override { return now_; }
  void Set(absl::Time now) { now_ = now; }

 private:
  absl::Time now_;
};

}  // namespace dm::testing
