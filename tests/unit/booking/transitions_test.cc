#include "services/booking/domain/transitions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace dm::booking {
namespace {

using S = BookingState;

constexpr Party kParties[] = {Party::kApplicant, Party::kHost, Party::kAgency, Party::kSystem};

int SeatsOf(std::optional<S> state) { return state.has_value() && HoldsSeat(*state) ? 1 : 0; }

TEST(TransitionsTest, SayOfTheSeatsWhatTheStatesSay) {
  for (const Transition& row : AllTransitions()) {
    SCOPED_TRACE(testing::Message() << row.why << " to " << BookingStateName(row.to));
    const int delta = SeatsOf(row.to) - SeatsOf(row.from);
    EXPECT_EQ(row.effect == Effect::kFreesSeat, delta < 0);
    const bool takes = row.effect == Effect::kTakesSeat ||
                       (row.effect == Effect::kConfirmsSeat && !row.from.has_value());
    EXPECT_EQ(takes, delta > 0);
    EXPECT_EQ(row.effect == Effect::kConfirmsSeat,
              row.to == S::kConfirmed && row.from != S::kConfirmed);
  }
}

TEST(TransitionsTest, OnlyTheAgencyTouchesWhatHasEndedAndOnlyItsAttendance) {
  for (const Transition& row : AllTransitions()) {
    if (!row.from.has_value() || IsLive(*row.from)) continue;
    EXPECT_EQ(row.party, Party::kAgency) << row.why;
    EXPECT_TRUE(row.from == S::kCompleted || row.from == S::kNoShow) << row.why;
    EXPECT_TRUE(row.to == S::kCompleted || row.to == S::kNoShow) << row.why;
  }
}

TEST(TransitionsTest, EachMoveHasAWordForTheAuditTrail) {
  for (const Transition& row : AllTransitions()) {
    // A look that finds nothing leaves none; a session that moves does, though the state stays.
    EXPECT_EQ(row.why.empty(), row.from == row.to && row.step == Step::kReview)
        << BookingStateName(row.to);
  }
}

// A row behind one for the same state, step and party that always holds would never be taken.
TEST(TransitionsTest, NoneIsHiddenBehindAnother) {
  for (const Transition& row : AllTransitions()) {
    bool taken = false;
    for (unsigned bits = 0; bits < 1u << 12 && !taken; ++bits) {
      const auto bit = [&](unsigned n) { return (bits >> n & 1) != 0; };
      const Facts facts = {.started = bit(0),
                           .seat_free = bit(1),
                           .consent_missing = bit(2),
                           .consent_withdrawn = bit(3),
                           .by_hand = bit(4),
                           .timed_out = bit(5),
                           .session_cancelled = bit(6),
                           .overlap_confirmed = bit(7),
                           .agreement_missing = bit(8),
                           .erased = bit(9),
                           .rules_broken = bit(10),
                           .seat_elsewhere = bit(11)};
      taken = FindTransition(row.from, row.step, row.party, facts) == &row;
    }
    EXPECT_TRUE(taken) << row.why << " from "
                       << (row.from.has_value() ? BookingStateName(*row.from) : "nothing");
  }
}

TEST(TransitionsTest, EveryLiveStateRunsOutOrIsReviewedUntilItEnds) {
  for (const S state : AllBookingStates()) {
    if (!IsLive(state)) continue;
    const Facts cancelled = {.session_cancelled = true};
    const Transition* row = FindTransition(state, Step::kReview, Party::kSystem, cancelled);
    ASSERT_NE(row, nullptr) << BookingStateName(state);
    EXPECT_EQ(row->to, S::kCancelled);
    if (state == S::kConfirmed) continue;
    const Facts over = {.started = true, .timed_out = true};
    row = FindTransition(state, Step::kReview, Party::kSystem, over);
    ASSERT_NE(row, nullptr) << BookingStateName(state);
    EXPECT_EQ(row->to, S::kExpired);
  }
}

TEST(TransitionsTest, WhoeverLivesFollowsTheSessionOrLeavesIt) {
  struct Case {
    const char* what;
    Facts facts;
    // To which state; absent for the one that it has.
    std::optional<S> to;
    const char* why;
  };
  const Case kCases[] = {
      {"nothing is in the way", {}, std::nullopt, "SESSION_MOVED"},
      {"the law is", {.rules_broken = true}, S::kCancelled, "NOT_ELIGIBLE_ANY_MORE"},
      {"the law is, of what is over", {.started = true, .rules_broken = true}, {}, "SESSION_MOVED"},
      {"another seat is",
       {.overlap_confirmed = true, .seat_elsewhere = true},
       S::kCancelled,
       "OVERLAP_AFTER_MOVE"},
  };
  for (const S state : AllBookingStates()) {
    for (const Case& c : kCases) {
      SCOPED_TRACE(testing::Message() << BookingStateName(state) << ": " << c.what);
      const Transition* row = FindTransition(state, Step::kFollow, Party::kSystem, c.facts);
      ASSERT_EQ(row != nullptr, IsLive(state));
      if (row == nullptr) continue;
      EXPECT_EQ(row->to, c.to.value_or(state));
      EXPECT_EQ(row->why, c.why);
    }
  }
}

TEST(TransitionsTest, NoSeatOfAMinorIsKeptWithoutConsent) {
  const Facts facts = {.consent_missing = true};
  for (const S state : {S::kPendingHost, S::kConfirmed}) {
    for (const Step step : {Step::kReview, Step::kFollow}) {
      const Transition* row = FindTransition(state, step, Party::kSystem, facts);
      ASSERT_NE(row, nullptr);
      EXPECT_EQ(row->to, S::kPendingConsent);
      EXPECT_EQ(row->why, "CONSENT_NEEDED_AGAIN");
    }
  }
  EXPECT_EQ(FindTransition(S::kPendingHost, Step::kAccept, Party::kHost, facts), nullptr);
}

TEST(TransitionsTest, APersonTakesNoStepOfTheSuite) {
  for (const Party party : {Party::kApplicant, Party::kHost, Party::kAgency}) {
    EXPECT_FALSE(MayTake(party, Step::kReview));
    EXPECT_FALSE(MayTake(party, Step::kOffer));
    EXPECT_FALSE(MayTake(party, Step::kFollow));
  }
  for (const Party party : kParties) {
    EXPECT_EQ(MayTake(party, Step::kAccept), party == Party::kHost);
    EXPECT_EQ(MayTake(party, Step::kConfirm), party == Party::kApplicant);
  }
}

TEST(TransitionsTest, ThePictureInTheReadmeIsMadeFromThem) {
  std::ifstream file("README.md");
  const std::string readme((std::istreambuf_iterator<char>(file)), {});
  EXPECT_NE(readme.find("```mermaid\n" + TransitionsPicture() + "```"), std::string::npos)
      << "put this into README.md:\n"
      << TransitionsPicture();
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
