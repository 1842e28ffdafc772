#pragma once

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

namespace dm {

// How often a test does it again: DM_LIFE_RUNS, else so often.
inline int RunsOr(int otherwise) {
  const char* const text = std::getenv("DM_LIFE_RUNS");
  return text == nullptr ? otherwise : std::atoi(text);
}

// How long something took, each time. With DM_LIFE_RUNS its p99 is held to the floor; a few runs
// beside other tests tell only that it ends.
class Times {
 public:
  explicit Times(std::string what) : what_(std::move(what)) {}
  void Add(absl::Duration took) { all_.push_back(std::max(took, absl::ZeroDuration())); }

  void Report(absl::Duration floor) {
    ASSERT_FALSE(all_.empty());
    std::sort(all_.begin(), all_.end());
    const absl::Duration p99 = all_[(all_.size() * 99 + 99) / 100 - 1];
    std::cout << what_ << ": " << all_.size() << " runs, p50 "
              << absl::FormatDuration(absl::Trunc(all_[all_.size() / 2], absl::Microseconds(100)))
              << ", p99 " << absl::FormatDuration(absl::Trunc(p99, absl::Microseconds(100)))
              << ", at most "
              << absl::FormatDuration(absl::Trunc(all_.back(), absl::Microseconds(100))) << "\n";
    if (std::getenv("DM_LIFE_RUNS") != nullptr) {
      EXPECT_LE(p99, floor) << what_;
    }
  }

 private:
  const std::string what_;
  std::vector<absl::Duration> all_;
};

}  // namespace dm
