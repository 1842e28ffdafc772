#include "services/notification/domain/retry.h"

#include <gtest/gtest.h>

namespace dm::notification {
namespace {

TEST(RetryDelayTest, GrowsToAnHourAndStaysThere) {
  EXPECT_EQ(RetryDelay(1), absl::Seconds(30));
  EXPECT_EQ(RetryDelay(2), absl::Minutes(2));
  EXPECT_EQ(RetryDelay(3), absl::Minutes(8));
  EXPECT_EQ(RetryDelay(4), absl::Minutes(32));
  EXPECT_EQ(RetryDelay(5), absl::Hours(1));
  EXPECT_EQ(RetryDelay(49), absl::Hours(1));
}

TEST(RetryDelayTest, GivesUpAfterAboutTwoDays) {
  EXPECT_EQ(RetryDelay(50), std::nullopt);
  EXPECT_EQ(RetryDelay(1000), std::nullopt);
  absl::Duration sum;
  for (int attempt = 1; RetryDelay(attempt).has_value(); ++attempt) sum += *RetryDelay(attempt);
  EXPECT_GT(sum, absl::Hours(36));
  EXPECT_LT(sum, absl::Hours(60));
}

TEST(PauseAfterUnreachableTest, DoublesToAMinute) {
  EXPECT_EQ(PauseAfterUnreachable(1), absl::Seconds(1));
  EXPECT_EQ(PauseAfterUnreachable(2), absl::Seconds(2));
  EXPECT_EQ(PauseAfterUnreachable(6), absl::Seconds(32));
  EXPECT_EQ(PauseAfterUnreachable(7), absl::Minutes(1));
  EXPECT_EQ(PauseAfterUnreachable(1'000'000), absl::Minutes(1));
}

}  // namespace
}  // namespace dm::notification
