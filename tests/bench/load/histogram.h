#pragma once

#include "absl/time/time.h"

#include <array>
#include <cstdint>

namespace dm::bench {

// Counts times in buckets that grow with the time: exact to the microsecond below 128 µs, and to
// 1/64 of the value above, up to some 70 minutes; longer ones count as that long. Not thread-safe.
class Histogram {
 public:
  void Add(absl::Duration time);
  void Merge(const Histogram& other);

  uint64_t count() const { return count_; }
  absl::Duration max() const { return absl::Microseconds(max_); }
  // The time that this share of all stayed at or below: the upper end of its bucket, but never more
  // than the longest. Zero when nothing was counted.
  absl::Duration Quantile(double share) const;

 private:
  // Below 2^7 a bucket holds one value; each doubling above has 2^6 buckets.
  static constexpr int kExactBits = 7;
  static constexpr int kHighestBit = 31;
  static constexpr int kStepBits = kExactBits - 1;
  static constexpr size_t kBuckets =
      (size_t{1} << kExactBits) + (size_t{kHighestBit - kExactBits + 1} << kStepBits);

  static size_t BucketOf(uint64_t micros);
  static uint64_t UpperEndOf(size_t bucket);

  std::array<uint64_t, kBuckets> counts_ = {};
  uint64_t count_ = 0;
  int64_t max_ = 0;
};

}  // namespace dm::bench
