// Facts that change after a booking was made: the session's time, the age, the consent, other
// stays.
#include "tests/unit/booking/ledger_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace dm::booking {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr int kSaturday = 24;
constexpr int kSunday = 48;
constexpr int kMonday = 72;
constexpr int kTuesday = 96;

// The terms of the tests, and one demand of the law on every scheme: all are work, which counts.
template <typename Demand>
Terms TermsWith(Demand demand) {
  const RuleSource source = {"essai", absl::CivilDay(2020, 1, 1)};
  RuleSet set;
  set.rules.push_back({.id = "demand",
                       .schemes = {AllSchemes().begin(), AllSchemes().end()},
                       .versions = {{.version = 1,
                                     .from = absl::CivilDay(2000, 1, 1),
                                     .sources = {source},
                                     .sentences = {.satisfied = "Oui.", .broken = "Non."},
                                     .clauses = {{.demand = demand}}}}});
  for (const Scheme scheme : AllSchemes()) {
    set.schemes.push_back(
        {.scheme = scheme, .agreement_needed = true, .retention_days = 365, .sources = {source}});
  }
  Terms terms = TestTerms();
  terms.rules = std::make_shared<const RuleBook>(RuleBook::Make(std::move(set)).value());
  return terms;
}

class MovedSessionTest : public ::testing::Test {
 protected:
  MovedSessionTest() { Start(); }

  // Ana holds the seat, confirmed; bob waits.
  void Start() {
    rows_.Add(session_);
    rows_.Decide({Create(Pupil("ana"), session_, "ana"), Join("bob", session_, "bob"),
                  Take(Host(), "b-ana", Step::kAccept, "accept")});
    ASSERT_EQ(rows_.state("b-ana"), BookingState::kConfirmed);
  }

  void MoveTo(int start_hour, const std::string& id = "s1") {
    rows_.session(id).start_time = At(start_hour);
    rows_.session(id).end_time = At(start_hour + 8);
  }

  // A session of Ana's own at that time, confirmed.
  void ConfirmElsewhere(const std::string& person, int start_hour) {
    const Session other = MakeSession("s2", 1, start_hour);
    rows_.Add(other);
    rows_.Decide({Create(Pupil(person), other, "elsewhere"),
                  Take(Host(), "b-elsewhere", Step::kAccept, "accept-elsewhere")});
    ASSERT_EQ(rows_.state("b-elsewhere"), BookingState::kConfirmed);
  }

  const Session session_ = MakeSession("s1", 1, kSaturday);
  Rows rows_;
};

TEST_F(MovedSessionTest, EveryLiveBookingFollowsWithAStepOfItsOwn) {
  MoveTo(kMonday);
  const Decision decision = rows_.Decide({ReviewOfSession("s1")}, At(1));
  EXPECT_THAT(Whys(decision), UnorderedElementsAre("b-ana SESSION_MOVED", "b-bob SESSION_MOVED"));
  for (const TransitionRecord& record : decision.transitions) {
    EXPECT_EQ(record.from, record.booking.state);
    EXPECT_EQ(record.party, Party::kSystem);
    EXPECT_EQ(record.booking.start_time, At(kMonday));
  }
  EXPECT_EQ(rows_.booking("b-ana").version, 3);
  EXPECT_EQ(rows_.booking("b-ana").end_time, At(kMonday + 8));
  EXPECT_EQ(rows_.booking("b-bob").expire_time, At(kMonday));
  EXPECT_EQ(rows_.session("s1").held, 1);
  EXPECT_THAT(Whys(rows_.Decide({ReviewOfSession("s1"), ReviewOf("b-ana")}, At(2))), IsEmpty());
}

TEST_F(MovedSessionTest, AnotherTitleMovesNothing) {
  rows_.session("s1").title = "Découvrir la boulangerie";
  EXPECT_THAT(Whys(rows_.Decide({ReviewOfSession("s1")})), IsEmpty());
}

TEST_F(MovedSessionTest, ACancelledSessionReleasesWhoItsMoveLeftBehind) {
  MoveTo(kMonday);
  rows_.session("s1").cancelled = true;
  EXPECT_THAT(Whys(rows_.Decide({ReviewOfSession("s1")})),
              UnorderedElementsAre("b-ana SESSION_CANCELLED", "b-bob SESSION_CANCELLED"));
}

TEST_F(MovedSessionTest, AStepBeforeTheReviewMeetsTheNewTime) {
  struct Case {
    const char* what;
    std::optional<int64_t> expected_version;
    const char* refusal;
    std::vector<std::string> whys;
  };
  // The freed seat goes to who waits, at the new time too.
  const Case kCases[] = {
      {"by who saw the old time", 2, "ETAG_MISMATCH", {"b-ana SESSION_MOVED"}},
      {"by who takes it as it is",
       std::nullopt,
       "",
       {"b-ana SESSION_MOVED", "b-ana APPLICANT_CANCELLED", "b-bob SESSION_MOVED",
        "b-bob SEAT_FREED"}},
  };
  MoveTo(kMonday);
  const Rows before = rows_;
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.what);
    rows_ = before;
    const Decision decision = rows_.Decide(
        {Take(Pupil("ana"), "b-ana", Step::kCancel, c.what, c.expected_version)}, At(1));
    EXPECT_EQ(ReasonOf(decision.outcomes[0]), c.refusal);
    EXPECT_EQ(Whys(decision), c.whys);
    EXPECT_EQ(rows_.booking("b-ana").start_time, At(kMonday));
  }
}

TEST_F(MovedSessionTest, WhoMovesToAnotherSessionLeavesTheOneThatMoved) {
  const Session other = MakeSession("s2", 1, kTuesday);
  rows_.Add(other);
  MoveTo(kMonday);
  Command stale = Move(Pupil("ana"), "b-ana", other, "b-new", "r1");
  std::get<RescheduleCommand>(stale.what).expected_version = 2;
  EXPECT_EQ(ReasonOf(rows_.Decide({stale}).outcomes[0]), "ETAG_MISMATCH");
  EXPECT_EQ(rows_.booking("b-ana").why, "SESSION_MOVED");
}

TEST_F(MovedSessionTest, WhomTheLawForbidsTheNewDayIsReleased) {
  rows_ = Rows(TermsWith(NoSunday()));
  Start();
  MoveTo(kSunday);
  EXPECT_THAT(Whys(rows_.Decide({ReviewOfSession("s1")})),
              UnorderedElementsAre("b-ana NOT_ELIGIBLE_ANY_MORE", "b-bob NOT_ELIGIBLE_ANY_MORE"));
  EXPECT_EQ(rows_.session("s1").held, 0);
  EXPECT_EQ(rows_.session("s1").waitlisted, 0);
  // It never was on that day.
  EXPECT_EQ(rows_.booking("b-ana").start_time, At(kSaturday));
}

TEST_F(MovedSessionTest, WhoHasAnotherSeatThenIsReleasedAndTheNextInLineIsOfferedTheSeat) {
  ConfirmElsewhere("ana", kMonday);
  MoveTo(kMonday + 4);
  const Decision decision = rows_.Decide({ReviewOfSession("s1")});
  EXPECT_EQ(rows_.booking("b-ana").why, "OVERLAP_AFTER_MOVE");
  EXPECT_EQ(rows_.state("b-elsewhere"), BookingState::kConfirmed);
  EXPECT_EQ(rows_.state("b-bob"), BookingState::kOffered);
  EXPECT_EQ(rows_.booking("b-bob").start_time, At(kMonday + 4));
  EXPECT_EQ(rows_.session("s1").held, 1);
}

TEST_F(MovedSessionTest, WhoWaitsLeavesTheLineOnlyForASeatThatIsConfirmed) {
  const Session pending = MakeSession("s3", 1, kTuesday);
  rows_.Add(pending);
  rows_.Decide({Create(Pupil("bob"), pending, "pending")});
  MoveTo(kTuesday);
  rows_.Decide({ReviewOfSession("s1")});
  EXPECT_EQ(rows_.booking("b-bob").why, "SESSION_MOVED");
  ConfirmElsewhere("bob", kMonday);
  MoveTo(kMonday);
  rows_.Decide({ReviewOfSession("s1")});
  EXPECT_EQ(rows_.booking("b-bob").why, "OVERLAP_AFTER_MOVE");
}

TEST_F(MovedSessionTest, AConfirmedSeatEndsTheOtherLinesForItsNewTime) {
  const Session full = MakeSession("s3", 1, kMonday);
  rows_.Add(full);
  rows_.Decide({Create(Pupil("cleo"), full, "cleo"), Join("ana", full, "waits")});
  MoveTo(kMonday);
  rows_.Decide({ReviewOfSession("s1")});
  EXPECT_EQ(rows_.booking("b-waits").why, "OVERLAPPING_CONFIRMED");
}

TEST_F(MovedSessionTest, TheTimeOfBeforeIsServedToWhoWasPassedOverForIt) {
  // Of a request that is not confirmed, so that the line beside it stays.
  const Session held = MakeSession("s3", 1, kTuesday), waited = MakeSession("s4", 1, kTuesday);
  rows_.Add(held);
  rows_.Add(waited);
  rows_.Decide({Create(Pupil("dan"), waited, "dan"), Join("eve", waited, "waits"),
                Create(Pupil("eve"), held, "eve"),
                Take(Pupil("dan"), "b-dan", Step::kCancel, "r")});
  ASSERT_EQ(rows_.state("b-waits"), BookingState::kWaitlisted);
  MoveTo(kMonday, "s3");
  rows_.Decide({ReviewOfSession("s3")});
  EXPECT_EQ(rows_.state("b-eve"), BookingState::kPendingHost);
  EXPECT_EQ(rows_.state("b-waits"), BookingState::kOffered);
}

TEST_F(MovedSessionTest, WhatIsMovedBeforeNowRunsOut) {
  rows_.Decide({Take(Pupil("ana"), "b-ana", Step::kCancel, "r")});
  ASSERT_EQ(rows_.state("b-bob"), BookingState::kOffered);
  MoveTo(3);
  EXPECT_THAT(Whys(rows_.Decide({ReviewOfSession("s1")}, At(4))),
              ElementsAre("b-bob SESSION_MOVED", "b-bob OFFER_EXPIRED"));
}

// A minor with a seat, confirmed with the guardian's consent.
class LostConsentTest : public ::testing::Test {
 protected:
  LostConsentTest() {
    rows_.Add(session_);
    Consented({ForTheSession()});
    rows_.Decide({Create(Pupil("zoe"), session_, "zoe")});
    // The consent to one booking comes after it.
    Consented({ForTheSession()});
    rows_.Decide({ReviewOf("b-zoe")});
  }

  Consent ForTheSession() {
    const Session& now = rows_.session("s1");
    return {.scope = Consent::Scope::kBooking,
            .booking_id = "b-zoe",
            .start_time = now.start_time,
            .end_time = now.end_time,
            .decided = At(0)};
  }
  static Consent Standing(absl::CivilDay until) {
    return {.scope = Consent::Scope::kAll, .until = until, .decided = At(-10)};
  }
  void Consented(std::vector<Consent> consents, int years = 16) {
    Person person = PersonOfAge(years);
    person.consents = std::move(consents);
    rows_.Add("zoe", person);
  }
  void Accept() { rows_.Decide({Take(Host(), "b-zoe", Step::kAccept, "accept")}); }
  void MoveTo(int start_hour) {
    rows_.session("s1").start_time = At(start_hour);
    rows_.session("s1").end_time = At(start_hour + 8);
  }
  void ExpectAskedAgain(int hour) {
    EXPECT_EQ(rows_.state("b-zoe"), BookingState::kPendingConsent);
    EXPECT_EQ(rows_.booking("b-zoe").why, "CONSENT_NEEDED_AGAIN");
    EXPECT_EQ(rows_.session("s1").held, 1);
    EXPECT_EQ(rows_.booking("b-zoe").expire_time, At(hour + 6));
    EXPECT_EQ(rows_.booking("b-zoe").review_time, At(hour + 6));
  }

  const Session session_ = MakeSession("s1", 1, kSaturday);
  Rows rows_;
};

TEST_F(LostConsentTest, ConsentToOneBookingHoldsForTheTimeThatWasRead) {
  for (const bool confirmed : {false, true}) {
    SCOPED_TRACE(confirmed);
    const Rows before = rows_;
    if (confirmed) Accept();
    MoveTo(kMonday);
    const Decision decision = rows_.Decide({ReviewOfSession("s1")}, At(1));
    EXPECT_THAT(Whys(decision), ElementsAre("b-zoe CONSENT_NEEDED_AGAIN"));
    EXPECT_EQ(rows_.booking("b-zoe").start_time, At(kMonday));
    ExpectAskedAgain(1);
    Consented({ForTheSession()});
    rows_.Decide({ReviewOf("b-zoe")}, At(2));
    EXPECT_EQ(rows_.state("b-zoe"), BookingState::kPendingHost);
    rows_ = before;
  }
}

TEST_F(LostConsentTest, WithoutANewAnswerTheSeatIsReleased) {
  Accept();
  MoveTo(kMonday);
  rows_.Decide({ReviewOfSession("s1")}, At(1));
  rows_.Decide({ReviewOf("b-zoe")}, At(7));
  EXPECT_EQ(rows_.booking("b-zoe").why, "CONSENT_EXPIRED");
}

TEST_F(LostConsentTest, ANoToTheTimeOfBeforeIsANo) {
  Accept();
  const Consent before = ForTheSession();
  MoveTo(kMonday);
  rows_.Decide({ReviewOfSession("s1")}, At(1));
  Consent taken_back = before;
  taken_back.withdrawn = At(2);
  Consented({taken_back});
  rows_.Decide({ReviewOf("b-zoe")}, At(2));
  EXPECT_EQ(rows_.state("b-zoe"), BookingState::kCancelled);
}

TEST_F(LostConsentTest, AStandingConsentHoldsUntilItsLastDay) {
  Consented({Standing(absl::CivilDay(2027, 1, 18))});
  Accept();
  MoveTo(kMonday);
  rows_.Decide({ReviewOfSession("s1")}, At(1));
  EXPECT_EQ(rows_.booking("b-zoe").why, "SESSION_MOVED");
  MoveTo(kTuesday);
  rows_.Decide({ReviewOfSession("s1")}, At(2));
  ExpectAskedAgain(2);
}

TEST_F(LostConsentTest, WhoTurnsOutToBeAMinorNeedsConsent) {
  for (const bool confirmed : {false, true}) {
    SCOPED_TRACE(confirmed);
    const Rows before = rows_;
    if (confirmed) Accept();
    Consented({});
    rows_.Decide({ReviewOf("b-zoe")}, At(1));
    ExpectAskedAgain(1);
    rows_ = before;
  }
}

TEST_F(LostConsentTest, NobodyAcceptsWithoutIt) {
  Consented({});
  EXPECT_EQ(ReasonOf(rows_.Decide({Take(Host(), "b-zoe", Step::kAccept, "r1")}).outcomes[0]),
            "STATE_CONFLICT");
  Consented({ForTheSession()});
  MoveTo(kMonday);
  EXPECT_EQ(ReasonOf(rows_.Decide({Take(Host(), "b-zoe", Step::kAccept, "r2")}, At(1)).outcomes[0]),
            "STATE_CONFLICT");
  ExpectAskedAgain(1);
  EXPECT_EQ(
      ReasonOf(rows_.Decide({Take(Host(), "b-zoe", Step::kAccept, "r3")}, At(kMonday)).outcomes[0]),
      "STATE_CONFLICT");
}

// Two stays of seven hours are too much for one week.
TEST(OfferedSeatTest, IsJudgedWithWhatThePersonHasTakenSince) {
  Rows rows(TermsWith(WeeklyHours{13 * 60}));
  const Session monday = MakeSession("s1", 1, kMonday), tuesday = MakeSession("s2", 1, kTuesday);
  const Session next_week = MakeSession("s3", 1, kTuesday + 7 * 24);
  for (const Session& session : {monday, tuesday, next_week}) rows.Add(session);
  // Of what is only waited for, nothing counts.
  rows.Decide({Create(Pupil("ana"), monday, "full"), Join("bob", monday, "offered"),
               Create(Pupil("bob"), next_week, "beyond"), Create(Pupil("bob"), tuesday, "taken")});
  ASSERT_EQ(rows.state("b-taken"), BookingState::kPendingHost);
  rows.Decide({Take(Pupil("ana"), "b-full", Step::kCancel, "r1")});
  ASSERT_EQ(rows.state("b-offered"), BookingState::kOffered);
  const Rows before = rows;
  EXPECT_EQ(
      ReasonOf(rows.Decide({Take(Pupil("bob"), "b-offered", Step::kConfirm, "r2")}).outcomes[0]),
      "NOT_ELIGIBLE");
  EXPECT_EQ(rows.state("b-offered"), BookingState::kOffered);
  rows = before;
  rows.Decide({Take(Pupil("bob"), "b-taken", Step::kCancel, "r3"),
               Take(Pupil("bob"), "b-offered", Step::kConfirm, "r4")});
  EXPECT_EQ(rows.state("b-offered"), BookingState::kPendingHost);
}

}  // namespace
}  // namespace dm::booking
