#include "tests/bench/load/histogram.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace dm::bench {
namespace {

TEST(HistogramTest, NothingCountedIsZero) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.Quantile(0.99), absl::ZeroDuration());
  EXPECT_EQ(histogram.max(), absl::ZeroDuration());
}

TEST(HistogramTest, ShortTimesAreExact) {
  Histogram histogram;
  for (int i = 1; i <= 100; ++i) histogram.Add(absl::Microseconds(i));
  EXPECT_EQ(histogram.Quantile(0.5), absl::Microseconds(50));
  EXPECT_EQ(histogram.Quantile(0.99), absl::Microseconds(99));
  EXPECT_EQ(histogram.Quantile(1), absl::Microseconds(100));
}

TEST(HistogramTest, LongTimesAreRightToASixtyFourth) {
  for (double micros = 100; micros < 4e9; micros *= 1.37) {
    Histogram histogram;
    const absl::Duration time = absl::Microseconds(std::floor(micros));
    histogram.Add(time);
    histogram.Add(absl::Hours(2));
    const absl::Duration found = histogram.Quantile(0.5);
    EXPECT_GE(found, time);
    EXPECT_LE(found, time * (1 + 1.0 / 64)) << micros;
  }
}

TEST(HistogramTest, AQuantileIsNeverAboveTheLongest) {
  Histogram histogram;
  histogram.Add(absl::Microseconds(1'000'001));
  EXPECT_EQ(histogram.Quantile(0.999), histogram.max());
}

TEST(HistogramTest, LongerThanItCanTellCountsAsTheLongest) {
  Histogram histogram;
  histogram.Add(absl::Hours(30));
  histogram.Add(-absl::Seconds(1));
  EXPECT_EQ(histogram.count(), 2u);
  EXPECT_EQ(histogram.max(), absl::Hours(30));
  EXPECT_EQ(histogram.Quantile(0.5), absl::ZeroDuration());
}

TEST(HistogramTest, MergedIsAsIfCountedInOne) {
  Histogram one, two, both;
  for (int i = 0; i < 1000; ++i) {
    (i % 3 == 0 ? one : two).Add(absl::Microseconds(i * i));
    both.Add(absl::Microseconds(i * i));
  }
  one.Merge(two);
  EXPECT_EQ(one.count(), both.count());
  EXPECT_EQ(one.max(), both.max());
  for (const double share : {0.0, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    EXPECT_EQ(one.Quantile(share), both.Quantile(share)) << share;
  }
}

}  // namespace
}  // namespace dm::bench
