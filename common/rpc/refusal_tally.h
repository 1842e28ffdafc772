#pragma once

#include "absl/time/time.h"

#include <atomic>
#include <cstdint>
#include <limits>

namespace dm::rpc {

// Counts what is refused in an overload, where a line of the log for each would be a load of its
// own. Thread-safe.
class RefusalTally {
 public:
  // How many there were since the last that was worth a line, this one included; 0 when that was
  // less than a second ago.
  int64_t Add(absl::Time now) {
    ++untold_;
    const int64_t micros = absl::ToUnixMicros(now);
    int64_t next = next_line_;
    // A clock that was set back is believed.
    const bool due = micros >= next || micros < next - kApartMicros;
    if (!due || !next_line_.compare_exchange_strong(next, micros + kApartMicros)) return 0;
    return untold_.exchange(0);
  }

 private:
  static constexpr int64_t kApartMicros = 1'000'000;

  std::atomic<int64_t> untold_ = 0;
  std::atomic<int64_t> next_line_ = std::numeric_limits<int64_t>::min() / 2;
};

}  // namespace dm::rpc
