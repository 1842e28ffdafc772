#include "services/booking/domain/transitions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <tuple>

namespace dm::booking {
namespace {

using S = BookingState;

constexpr Party kParties[] = {Party::kApplicant, Party::kHost, Party::kAgency, Party::kSystem};

// Every pair of a state and a step that some party may take, written down a second time: a row that
// appears in the table by mistake, or is missing, shows here.
TEST(TransitionsTest, AreExactlyThese) {
  const std::map<std::tuple<S, Step, Party>, S> expected = {
      {{S::kPendingHost, Step::kAccept, Party::kHost}, S::kConfirmed},
      {{S::kPendingHost, Step::kDecline, Party::kHost}, S::kDeclined},
      {{S::kWaitlisted, Step::kCancel, Party::kApplicant}, S::kCancelled},
      {{S::kOffered, Step::kCancel, Party::kApplicant}, S::kCancelled},
      {{S::kPendingConsent, Step::kCancel, Party::kApplicant}, S::kCancelled},
      {{S::kPendingHost, Step::kCancel, Party::kApplicant}, S::kCancelled},
      {{S::kConfirmed, Step::kCancel, Party::kApplicant}, S::kCancelled},
      {{S::kWaitlisted, Step::kCancel, Party::kHost}, S::kCancelled},
      {{S::kOffered, Step::kCancel, Party::kHost}, S::kCancelled},
      {{S::kPendingConsent, Step::kCancel, Party::kHost}, S::kCancelled},
      {{S::kPendingHost, Step::kCancel, Party::kHost}, S::kCancelled},
      {{S::kConfirmed, Step::kCancel, Party::kHost}, S::kCancelled},
  };
  for (const S from : AllBookingStates()) {
    for (const Step step : AllSteps()) {
      for (const Party party : kParties) {
        SCOPED_TRACE(testing::Message()
                     << BookingStateName(from) << " " << StepName(step) << " " << PartyName(party));
        const auto row = expected.find({from, step, party});
        const Transition* found = FindTransition(from, step, party);
        ASSERT_EQ(found != nullptr, row != expected.end());
        if (found != nullptr) {
          EXPECT_EQ(found->to, row->second);
        }
      }
    }
  }
}

TEST(TransitionsTest, NoneLeavesAnEndedBooking) {
  for (const Transition& row : AllTransitions()) EXPECT_TRUE(IsLive(row.from)) << row.why;
}

TEST(TransitionsTest, EachHasAWordForTheAuditTrail) {
  for (const Transition& row : AllTransitions()) EXPECT_FALSE(row.why.empty());
}

TEST(TransitionsTest, ABookingStartsConfirmedOnlyWhereTheHostConfirmsAtOnce) {
  EXPECT_EQ(EntryFor(true).state, S::kConfirmed);
  EXPECT_EQ(EntryFor(false).state, S::kPendingHost);
}

TEST(BookingStateTest, NamesComeBack) {
  for (const S state : AllBookingStates()) {
    EXPECT_EQ(ParseBookingState(BookingStateName(state)), state);
  }
  EXPECT_EQ(AllBookingStates().size(), 10);
  EXPECT_EQ(ParseBookingState("UNSPECIFIED"), std::nullopt);
  EXPECT_EQ(ParseBookingState(""), std::nullopt);
}

TEST(BookingStateTest, HoldsASeatOnlyWhileLive) {
  for (const S state : AllBookingStates()) {
    EXPECT_TRUE(IsLive(state) || !HoldsSeat(state)) << BookingStateName(state);
  }
  EXPECT_TRUE(HoldsSeat(S::kPendingConsent) && HoldsSeat(S::kPendingHost) &&
              HoldsSeat(S::kOffered) && HoldsSeat(S::kConfirmed));
  EXPECT_TRUE(IsLive(S::kWaitlisted) && !HoldsSeat(S::kWaitlisted));
}

}  // namespace
}  // namespace dm::booking
