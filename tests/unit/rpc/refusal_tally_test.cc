#include "common/rpc/refusal_tally.h"

#include <gtest/gtest.h>

namespace dm::rpc {
namespace {

TEST(RefusalTallyTest, OneASecondTellsOfAllBeforeIt) {
  const absl::Time start = absl::FromUnixSeconds(1'800'000'000);
  RefusalTally tally;
  EXPECT_EQ(tally.Add(start), 1) << "the first is told at once";
  EXPECT_EQ(tally.Add(start), 0);
  EXPECT_EQ(tally.Add(start + absl::Milliseconds(999)), 0);
  EXPECT_EQ(tally.Add(start + absl::Seconds(1)), 3);
  EXPECT_EQ(tally.Add(start + absl::Milliseconds(1001)), 0);
  EXPECT_EQ(tally.Add(start + absl::Hours(1)), 2);
}

TEST(RefusalTallyTest, AClockThatWasSetBackSilencesNothing) {
  const absl::Time start = absl::FromUnixSeconds(1'800'000'000);
  RefusalTally tally;
  EXPECT_EQ(tally.Add(start), 1);
  EXPECT_EQ(tally.Add(start - absl::Hours(24)), 1);
}

}  // namespace
}  // namespace dm::rpc
