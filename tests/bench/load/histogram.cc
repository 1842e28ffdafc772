#include "tests/bench/load/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace dm::bench {

size_t Histogram::BucketOf(uint64_t micros) {
  constexpr uint64_t kGreatest = (uint64_t{1} << (kHighestBit + 1)) - 1;
  micros = std::min(micros, kGreatest);
  if (micros < (uint64_t{1} << kExactBits)) return micros;
  const int highest = static_cast<int>(std::bit_width(micros)) - 1;
  const uint64_t step = (micros >> (highest - kStepBits)) - (uint64_t{1} << kStepBits);
  return (size_t{1} << kExactBits) + (static_cast<size_t>(highest - kExactBits) << kStepBits) +
         step;
}

uint64_t Histogram::UpperEndOf(size_t bucket) {
  constexpr size_t kExact = size_t{1} << kExactBits;
  if (bucket < kExact) return bucket;
  const size_t above = bucket - kExact;
  const int highest = static_cast<int>(above >> kStepBits) + kExactBits;
  const uint64_t step = (above & ((size_t{1} << kStepBits) - 1)) + (uint64_t{1} << kStepBits);
  return ((step + 1) << (highest - kStepBits)) - 1;
}

void Histogram::Add(absl::Duration time) {
  const int64_t micros = std::max<int64_t>(absl::ToInt64Microseconds(time), 0);
  ++counts_[BucketOf(static_cast<uint64_t>(micros))];
  ++count_;
  max_ = std::max(max_, micros);
}

void Histogram::Merge(const Histogram& other) {
  for (size_t i = 0; i < kBuckets; ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
}

absl::Duration Histogram::Quantile(double share) const {
  if (count_ == 0) return absl::ZeroDuration();
  const auto rank =
      static_cast<uint64_t>(std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(count_)));
  uint64_t seen = 0;
  for (size_t i = 0; i < kBuckets; ++i) {
    seen += counts_[i];
    if (seen >= rank && seen > 0) {
      return absl::Microseconds(std::min<int64_t>(static_cast<int64_t>(UpperEndOf(i)), max_));
    }
  }
  return max();
}

}  // namespace dm::bench
