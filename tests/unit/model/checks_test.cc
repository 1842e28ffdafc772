// Each check finds what it is there for, and nothing in a sound run.
#include "tests/model/checks.h"

#include "tests/unit/model/story.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace dm::model {
namespace {

using State = booking::BookingState;

// Two seats, three people, one of whom waits, is offered a seat and takes it.
Story SoundStory() {
  Story story;
  story.Session("s", 2)
      .Make("b1", "ana", "s", State::kPendingHost)
      .Make("b2", "bob", "s", State::kPendingHost)
      .Refuse("dan", "s", "SESSION_FULL")
      .Make("b3", "cleo", "s", State::kWaitlisted)
      .Cancel("b1")
      .Offer("b3")
      .Confirm("b3")
      .Again();
  return story;
}

TEST(ChecksTest, ASoundRunPasses) {
  const Report report = CheckAll(SoundStory().Told());
  EXPECT_TRUE(report.empty()) << report.ToText();
}

struct Fault {
  const char* name;
  const char* check;
  std::function<Evidence()> evidence;
};

Evidence Changed(const std::function<void(Evidence&)>& change) {
  Evidence evidence = SoundStory().Told();
  change(evidence);
  return evidence;
}

BookingStep& StepOfEvent(Evidence& evidence, size_t index) {
  return std::get<BookingStep>(evidence.events[index].what);
}

class FaultTest : public ::testing::TestWithParam<Fault> {};

TEST_P(FaultTest, IsFoundByItsCheck) {
  const Report report = CheckAll(GetParam().evidence());
  EXPECT_TRUE(report.Has(GetParam().check)) << report.ToText();
}

INSTANTIATE_TEST_SUITE_P(
    Faults, FaultTest,
    ::testing::Values(
        Fault{"TwoOnOneSeat", "capacity",
              [] {
                return Story()
                    .Session("s", 1)
                    .Make("b1", "ana", "s", State::kPendingHost)
                    .Make("b2", "bob", "s", State::kPendingHost)
                    .Told();
              }},
        Fault{"ASeatAfterSeatsWereTakenAway", "capacity",
              [] {
                return Story()
                    .Session("s", 2)
                    .Make("b1", "ana", "s", State::kPendingHost)
                    .Announce("s", 1)
                    .Make("b2", "bob", "s", State::kPendingHost)
                    .Told();
              }},
        Fault{"TheLastInLineFirst", "line",
              [] {
                return Story()
                    .Session("s", 1)
                    .Make("b1", "ana", "s", State::kPendingHost)
                    .Make("b2", "bob", "s", State::kWaitlisted)
                    .Make("b3", "cleo", "s", State::kWaitlisted)
                    .Cancel("b1")
                    .Offer("b3")
                    .Told();
              }},
        Fault{"ANewcomerBeforeTheLine", "line",
              [] {
                return Story()
                    .Session("s", 1)
                    .Make("b1", "ana", "s", State::kPendingHost)
                    .Make("b2", "bob", "s", State::kWaitlisted)
                    .Cancel("b1")
                    .Make("b3", "cleo", "s", State::kPendingHost)
                    .Told();
              }},
        Fault{"AFreeSeatThatNobodyIsOffered", "settled",
              [] {
                return Story()
                    .Session("s", 1)
                    .Make("b1", "ana", "s", State::kPendingHost)
                    .Make("b2", "bob", "s", State::kWaitlisted)
                    .Cancel("b1")
                    .Told();
              }},
        Fault{"TwoBookingsOfOnePersonAndSession", "one live booking",
              [] {
                return Story()
                    .Session("s", 3)
                    .Make("b1", "ana", "s", State::kPendingHost)
                    .Make("b2", "ana", "s", State::kPendingHost)
                    .Told();
              }},
        Fault{"APersonInTwoPlaces", "overlap",
              [] {
                return Story()
                    .Session("s", 3, 100)
                    .Session("t", 3, 101)
                    .Make("b1", "ana", "s", State::kPendingHost)
                    .Make("b2", "ana", "t", State::kConfirmed)
                    .Told();
              }},
        Fault{"AStepIsSkipped", "chain",
              [] { return Changed([](Evidence& e) { e.transitions[1].version = 3; }); }},
        Fault{"AStepThatTheTableDoesNotHave", "table",
              [] { return Changed([](Evidence& e) { e.transitions[1].why = "HOST_ACCEPTED"; }); }},
        Fault{"AnAuditRowIsMissing", "audit",
              [] {
                return Changed([](Evidence& e) { e.transitions.erase(e.transitions.begin()); });
              }},
        Fault{
            "AnEventTellsAnotherStep", "audit",
            [] { return Changed([](Evidence& e) { StepOfEvent(e, 3).why = "HOST_CANCELLED"; }); }},
        Fault{"ABookingThatNoStepLedTo", "audit",
              [] { return Changed([](Evidence& e) { e.bookings[1].state = State::kConfirmed; }); }},
        Fault{"AnAnswerIsLost", "durable",
              [] { return Changed([](Evidence& e) { e.answers.pop_back(); }); }},
        Fault{"AnAnsweredBookingIsLost", "durable",
              [] {
                return Changed([](Evidence& e) {
                  std::erase_if(e.transitions, [](const auto& row) { return row.booking == "b2"; });
                });
              }},
        Fault{"AReplayWithOtherBytes", "replay",
              [] { return Changed([](Evidence& e) { e.invocations.back().answer.bytes = "x"; }); }},
        Fault{"AnotherBodyUnderTheSameId", "replay",
              [] { return Changed([](Evidence& e) { e.invocations.back().ask.reason = "x"; }); }},
        Fault{"TwoRequestsForOneEffect", "one effect",
              [] {
                return Changed([](Evidence& e) {
                  e.answers.push_back(e.answers.back());
                  e.answers.back().request_id = "other";
                });
              }},
        Fault{"NobodyAsked", "phantom",
              [] {
                return Changed([](Evidence& e) { e.invocations.erase(e.invocations.begin()); });
              }},
        Fault{"ACounterThatLostASeat", "counters",
              [] { return Changed([](Evidence& e) { --e.sessions[0].held; }); }},
        Fault{"AGapInTheFeed", "feed",
              [] { return Changed([](Evidence& e) { e.events.erase(e.events.begin() + 2); }); }},
        Fault{"AnEventThatTheReaderMissed", "reader",
              [] { return Changed([](Evidence& e) { e.read->erase(e.read->begin() + 2); }); }},
        Fault{"ABookingThatRanOut", "settled",
              [] { return Changed([](Evidence& e) { e.bookings[1].expire_time = e.end; }); }},
        Fault{"ABookingOfACancelledSession", "settled",
              [] { return Changed([](Evidence& e) { e.sessions[0].cancelled = true; }); }},
        Fault{"TransactionsThatWaitedForEachOther", "deadlock",
              [] { return Changed([](Evidence& e) { e.deadlocks = 1; }); }},
        Fault{"AnOlderCommitAfterANewerAnswer", "real time",
              [] {
                return Changed([](Evidence& e) { std::swap(e.events[0].what, e.events[1].what); });
              }}),
    [](const auto& fault) { return fault.param.name; });

TEST(ChecksTest, WhoHoldsASeatThenIsPassedOver) {
  const Report report = CheckAll(Story()
                                     .Session("s", 1, 100)
                                     .Session("t", 1, 101)
                                     .Make("b1", "ana", "s", State::kPendingHost)
                                     .Make("b2", "bob", "s", State::kWaitlisted)
                                     .Make("b3", "bob", "t", State::kPendingHost)
                                     .Make("b4", "cleo", "s", State::kWaitlisted)
                                     .Cancel("b1")
                                     .Offer("b4")
                                     .Told());
  EXPECT_TRUE(report.empty()) << report.ToText();
}

TEST(ChecksTest, SeatsThatTheHostTookAwayStayWithThoseWhoHoldThem) {
  const Report report = CheckAll(Story()
                                     .Session("s", 2)
                                     .Make("b1", "ana", "s", State::kPendingHost)
                                     .Make("b2", "bob", "s", State::kPendingHost)
                                     .Announce("s", 1)
                                     .Refuse("cleo", "s", "SESSION_FULL")
                                     .Cancel("b1")
                                     .Refuse("cleo", "s", "SESSION_FULL")
                                     .Cancel("b2")
                                     .Make("b3", "cleo", "s", State::kPendingHost)
                                     .Told());
  EXPECT_TRUE(report.empty()) << report.ToText();
}

TEST(ChecksTest, ARequestWithoutAnAnswerMayHaveBeenDoneOrNot) {
  Evidence done = SoundStory().Told();
  Evidence lost = SoundStory().Told();
  for (Evidence* evidence : {&done, &lost}) {
    Invocation& one = evidence->invocations.front();
    one.answered = absl::InfiniteFuture();
    one.answer = {};
  }
  EXPECT_TRUE(CheckAll(done).empty()) << CheckAll(done).ToText();
  // Asked for by somebody else in vain.
  lost.invocations.push_back(lost.invocations.front());
  lost.invocations.back().ask.request_id = "never-done";
  EXPECT_TRUE(CheckAll(lost).empty()) << CheckAll(lost).ToText();
}

TEST(ChecksTest, ARefusalThatNoMomentExplainsIsNotLinearizable) {
  const Report report = CheckAll(Story()
                                     .Session("s", 2)
                                     .Make("b1", "ana", "s", State::kPendingHost)
                                     .Refuse("bob", "s", "SESSION_FULL")
                                     .Told());
  EXPECT_TRUE(report.Has("linearizable")) << report.ToText();
}

}  // namespace
}  // namespace dm::model
