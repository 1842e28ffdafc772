#include "services/gateway/portal/short_memory.h"

#include "absl/strings/str_cat.h"
#include "tests/support/settable_clock.h"

#include <gtest/gtest.h>

#include <string>

namespace dm::gateway {
namespace {

class ShortMemoryTest : public ::testing::Test {
 protected:
  // What is kept, or -1.
  int At(const std::string& key) {
    const int* const value = memory_.Find(key);
    return value == nullptr ? -1 : *value;
  }
  void Pass(absl::Duration time) { clock_.Set(clock_.Now() + time); }

  testing::SettableClock clock_{absl::FromUnixSeconds(1'790'000'000)};
  ShortMemory<int> memory_{absl::Minutes(1), /*most=*/3, &clock_};
};

TEST_F(ShortMemoryTest, ForgetsInTime) {
  memory_.Keep("a", 1);
  Pass(absl::Seconds(30));
  memory_.Keep("b", 2);
  Pass(absl::Seconds(29));
  EXPECT_EQ(At("a"), 1);
  Pass(absl::Seconds(1));
  EXPECT_EQ(At("a"), -1);
  EXPECT_EQ(At("b"), 2);
  EXPECT_EQ(memory_.size(), 1u);
  Pass(absl::Hours(1));
  EXPECT_EQ(At("b"), -1);
  EXPECT_EQ(memory_.size(), 0u);
}

TEST_F(ShortMemoryTest, KeepsTheNewestWhenItIsFull) {
  for (int i = 0; i < 5; ++i) memory_.Keep(absl::StrCat(i), i);
  EXPECT_EQ(memory_.size(), 3u);
  EXPECT_EQ(At("1"), -1);
  EXPECT_EQ(At("2"), 2);
  EXPECT_EQ(At("4"), 4);
}

TEST_F(ShortMemoryTest, KeepsWhatComesAnewInPlaceOfWhatWas) {
  memory_.Keep("a", 1);
  Pass(absl::Seconds(40));
  memory_.Keep("b", 2);
  memory_.Keep("a", 3);
  EXPECT_EQ(memory_.size(), 2u);
  Pass(absl::Seconds(40));
  EXPECT_EQ(At("a"), 3);
  memory_.Keep("c", 4);
  memory_.Keep("d", 5);
  // By then "b" is the oldest.
  EXPECT_EQ(At("b"), -1);
  EXPECT_EQ(At("a"), 3);
}

}  // namespace
}  // namespace dm::gateway
