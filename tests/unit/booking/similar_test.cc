#include "services/booking/domain/similar.h"

#include "services/booking/domain/transitions.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

namespace dm::booking {
namespace {

using S = BookingState;

// Every row of the state machine, so that a new one has to be thought about.
TEST(SimilarTest, OnlyWhoLostABookingThroughNoFaultOfTheirOwnIsShownOthers) {
  struct Case {
    S to;
    std::string why;
    SimilarHosts hosts;
  };
  const Case cases[] = {
      {S::kDeclined, "HOST_DECLINED", SimilarHosts::kOthersFirst},
      {S::kExpired, "HOST_DID_NOT_ANSWER", SimilarHosts::kOthersFirst},
      {S::kExpired, "OFFER_EXPIRED", SimilarHosts::kAny},
      {S::kExpired, "WAITLIST_ENDED", SimilarHosts::kAny},
      {S::kCancelled, "SESSION_CANCELLED", SimilarHosts::kOthersFirst},
      {S::kNoShow, "HOST_ABSENT", SimilarHosts::kOthersFirst},
  };
  std::set<std::string> seen;
  for (const Transition& row : AllTransitions()) {
    SCOPED_TRACE(row.why);
    std::optional<SimilarHosts> expected;
    for (const Case& test : cases) {
      if (test.to == row.to && test.why == row.why) expected = test.hosts;
    }
    if (expected.has_value()) seen.emplace(row.why);
    EXPECT_EQ(SimilarHostsAfter(row.to, row.why), expected);
  }
  // A word that no step has any more would offer nothing.
  EXPECT_EQ(seen.size(), std::size(cases));
  EXPECT_EQ(SimilarHostsAfter(S::kCompleted, "HOST_ABSENT"), std::nullopt);
}

}  // namespace
}  // namespace dm::booking
