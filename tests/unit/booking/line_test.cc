// The line for a full session: who waits, who is offered a freed seat, what becomes of it.
#include "services/booking/domain/decision.h"
#include "tests/unit/booking/ledger_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace dm::booking {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class LineTest : public ::testing::Test {
 protected:
  LineTest() {
    rows_.Add(session_);
    rows_.Decide({Create(Pupil("ana"), session_, "ana"), Join("bob", session_, "bob"),
                  Join("cleo", session_, "cleo")});
  }

  const Session session_ = MakeSession("s1", 1);
  Rows rows_;
};

TEST_F(LineTest, WhoAsksForItWaitsWhenEverySeatIsTaken) {
  EXPECT_EQ(rows_.state("b-ana"), BookingState::kPendingHost);
  EXPECT_EQ(rows_.state("b-bob"), BookingState::kWaitlisted);
  EXPECT_EQ(rows_.booking("b-bob").expire_time, session_.start_time);
  EXPECT_EQ(rows_.session("s1").held, 1);
  EXPECT_EQ(rows_.session("s1").waitlisted, 2);
  EXPECT_LT(rows_.booking("b-bob").line_number, rows_.booking("b-cleo").line_number);
}

TEST_F(LineTest, AFreedSeatIsOfferedToTheFirstInTheSameStep) {
  for (const auto& [actor, step] :
       {std::pair{Pupil("ana"), Step::kCancel}, std::pair{Host(), Step::kDecline}}) {
    Rows rows = rows_;
    EXPECT_THAT(Whys(rows.Decide({Take(actor, "b-ana", step, "r")})),
                ElementsAre(testing::StartsWith("b-ana "), "b-bob SEAT_FREED"));
    EXPECT_EQ(rows.state("b-bob"), BookingState::kOffered);
    EXPECT_EQ(rows.booking("b-bob").expire_time, At(4));
    EXPECT_EQ(rows.state("b-cleo"), BookingState::kWaitlisted);
    EXPECT_EQ(rows.session("s1").held, 1);
  }
}

TEST_F(LineTest, NobodyWhoArrivesLaterTakesAFreedSeatFromTheLine) {
  const Decision decision = rows_.Decide(
      {Take(Pupil("ana"), "b-ana", Step::kCancel, "r"), Create(Pupil("dan"), session_, "dan")});
  EXPECT_EQ(ReasonOf(decision.outcomes[1]), "SESSION_FULL");
}

TEST_F(LineTest, WhoArrivesBeforeTheLineWasServedWaitsToo) {
  rows_.session("s1").announced_capacity = 2;
  const Decision decision = rows_.Decide({Create(Pupil("dan"), session_, "dan")});
  EXPECT_EQ(ReasonOf(decision.outcomes[0]), "SESSION_FULL");
  EXPECT_THAT(Whys(decision), ElementsAre("b-bob SEAT_FREED"));
}

TEST_F(LineTest, AnOfferThatIsNotTakenInTimePassesOn) {
  rows_.Decide({Take(Pupil("ana"), "b-ana", Step::kCancel, "r")});
  EXPECT_THAT(Whys(rows_.Decide({ReviewOf("b-bob")}, At(4) - absl::Microseconds(1))), IsEmpty());
  EXPECT_THAT(Whys(rows_.Decide({ReviewOf("b-bob")}, At(4))),
              ElementsAre("b-bob OFFER_EXPIRED", "b-cleo SEAT_FREED"));
  EXPECT_EQ(rows_.booking("b-cleo").expire_time, At(8));
  EXPECT_EQ(rows_.session("s1").held, 1);
}

TEST_F(LineTest, AnOfferThatIsTakenGoesToTheHost) {
  rows_.Decide({Take(Pupil("ana"), "b-ana", Step::kCancel, "r")});
  rows_.Decide({Take(Pupil("bob"), "b-bob", Step::kConfirm, "r")}, At(1));
  EXPECT_EQ(rows_.state("b-bob"), BookingState::kPendingHost);
  EXPECT_EQ(rows_.booking("b-bob").expire_time, At(9));
}

TEST_F(LineTest, OnlyWhoWasOfferedASeatConfirmsAndOnlyThemself) {
  EXPECT_EQ(ReasonOf(rows_.Decide({Take(Pupil("bob"), "b-bob", Step::kConfirm, "r")}).outcomes[0]),
            "STATE_CONFLICT");
  rows_.Decide({Take(Pupil("ana"), "b-ana", Step::kCancel, "r")});
  EXPECT_EQ(ReasonOf(rows_.Decide({Take(Host(), "b-bob", Step::kConfirm, "r")}).outcomes[0]),
            "ROLE_MISSING");
}

TEST_F(LineTest, MoreSeatsAreOfferedWhenTheSessionIsReviewed) {
  rows_.session("s1").announced_capacity = 3;
  const Decision decision = rows_.Decide({ReviewOfSession("s1")});
  EXPECT_THAT(Whys(decision), ElementsAre("b-bob SEAT_FREED", "b-cleo SEAT_FREED"));
  ASSERT_EQ(decision.sessions.size(), 1u);
  EXPECT_TRUE(decision.sessions[0].reviewed);
}

TEST_F(LineTest, WhoHoldsASeatAtThatTimeIsPassedOverAndKeepsTheirPlace) {
  const Session other = MakeSession("s2", 5, 26);
  rows_.Add(other);
  // A request that may come to nothing does not keep bob out of the line, nor the line out of it.
  EXPECT_EQ(ReasonOf(rows_.Decide({Create(Pupil("bob"), other, "bob2")}).outcomes[0]), "");
  EXPECT_THAT(Whys(rows_.Decide({Take(Pupil("ana"), "b-ana", Step::kCancel, "r")})),
              ElementsAre("b-ana APPLICANT_CANCELLED", "b-cleo SEAT_FREED"));
  rows_.Decide({Take(Host(), "b-bob2", Step::kDecline, "r2")});
  EXPECT_THAT(Whys(rows_.Decide({Take(Pupil("cleo"), "b-cleo", Step::kCancel, "r3")})),
              ElementsAre("b-cleo APPLICANT_CANCELLED", "b-bob SEAT_FREED"));
}

class PassedOverTest : public LineTest {
 protected:
  // Bob holds a seat of another session at that time, so the seat that ana and cleo gave up is
  // free.
  PassedOverTest() {
    rows_.Add(elsewhere_);
    rows_.Decide({Create(Pupil("bob"), elsewhere_, "bob2"),
                  Take(Pupil("ana"), "b-ana", Step::kCancel, "ana2"),
                  Take(Pupil("cleo"), "b-cleo", Step::kCancel, "cleo2")});
  }

  const Session elsewhere_ = MakeSession("s2", 1);
};

TEST_F(PassedOverTest, IsOfferedTheSeatOnceTheOtherIsGivenUp) {
  ASSERT_EQ(rows_.state("b-bob"), BookingState::kWaitlisted);
  const Decision decision = rows_.Decide({Take(Pupil("bob"), "b-bob2", Step::kCancel, "bob3")});
  EXPECT_THAT(Whys(decision), ElementsAre("b-bob2 APPLICANT_CANCELLED", "b-bob SEAT_FREED"));
}

TEST_F(PassedOverTest, IsOfferedTheSeatWhenTheOtherRunsOut) {
  const Decision decision = rows_.Decide({ReviewOf("b-bob2")}, At(9));
  EXPECT_THAT(Whys(decision), ElementsAre("b-bob2 HOST_DID_NOT_ANSWER", "b-bob SEAT_FREED"));
}

TEST_F(PassedOverTest, IsLookedAtAgainWhereTheLineIsNotAtHand) {
  Snapshot snapshot = Known(At(1));
  snapshot.AddSession(rows_.session("s2"));
  for (const char* id : {"b-bob", "b-bob2"}) snapshot.AddBooking(rows_.booking(id));
  const Decision decision = Decide(snapshot, {Take(Pupil("bob"), "b-bob2", Step::kCancel, "bob3")});
  ASSERT_EQ(decision.looks.size(), 1u);
  EXPECT_EQ(decision.looks[0].booking_id, "b-bob");
  EXPECT_EQ(decision.looks[0].review_time, At(1));
}

TEST_F(PassedOverTest, ALookAtWhoWaitsServesTheLine) {
  rows_.Decide({Take(Pupil("bob"), "b-bob2", Step::kCancel, "bob3")});
  EXPECT_EQ(rows_.state("b-bob"), BookingState::kOffered);
  // As if the line had not been at hand then.
  rows_.Decide({Take(Pupil("bob"), "b-bob", Step::kCancel, "bob4"), Join("dan", session_, "dan"),
                Join("eve", session_, "eve")});
  rows_.session("s1").announced_capacity = 2;
  rows_.Decide({ReviewOf("b-eve")});
  EXPECT_EQ(rows_.state("b-eve"), BookingState::kOffered);
}

TEST_F(LineTest, AConfirmationElsewhereTakesThePersonOutOfTheLine) {
  const Session other = MakeSession("s2", 5, 26);
  rows_.Add(other);
  rows_.Decide({Create(Pupil("bob"), other, "bob2")});
  EXPECT_THAT(Whys(rows_.Decide({Take(Host(), "b-bob2", Step::kAccept, "r")})),
              ElementsAre("b-bob2 HOST_ACCEPTED", "b-bob OVERLAPPING_CONFIRMED"));
  EXPECT_EQ(rows_.session("s1").waitlisted, 1);
  // And keeps them from standing in it again.
  EXPECT_EQ(ReasonOf(rows_.Decide({Join("bob", session_, "bob3")}).outcomes[0]), "BOOKING_OVERLAP");
}

TEST_F(LineTest, EndsWhenTheSessionStarts) {
  const Decision decision = rows_.Decide({ReviewOf("b-bob"), ReviewOf("b-cleo")}, At(24));
  EXPECT_THAT(Whys(decision), ElementsAre("b-bob WAITLIST_ENDED", "b-cleo WAITLIST_ENDED"));
}

TEST_F(LineTest, NobodyIsOfferedASeatOfASessionThatIsClosedOrHasStarted) {
  Rows closed = rows_;
  closed.session("s1").open = false;
  EXPECT_THAT(Whys(closed.Decide({Take(Pupil("ana"), "b-ana", Step::kCancel, "r")})),
              ElementsAre("b-ana APPLICANT_CANCELLED"));
  EXPECT_THAT(Whys(rows_.Decide({Take(Host(), "b-ana", Step::kDecline, "r")}, At(24))),
              ElementsAre("b-ana HOST_DECLINED"));
}

TEST_F(LineTest, ACancelledSessionReleasesAllWithItsReason) {
  rows_.session("s1").cancelled = true;
  rows_.session("s1").open = false;
  const Decision decision = rows_.Decide({ReviewOfSession("s1")});
  std::vector<std::string> whys = Whys(decision);
  std::sort(whys.begin(), whys.end());
  EXPECT_THAT(whys, ElementsAre("b-ana SESSION_CANCELLED", "b-bob SESSION_CANCELLED",
                                "b-cleo SESSION_CANCELLED"));
  EXPECT_EQ(rows_.session("s1").held, 0);
  EXPECT_EQ(rows_.session("s1").waitlisted, 0);
}

TEST(OverbookingTest, TheLastInAreToldWhenTheHostTakesSeatsAway) {
  Rows rows;
  const Session session = MakeSession("s1", 3);
  rows.Add(session);
  rows.Decide({Create(Pupil("ana"), session, "1")}, At(0));
  rows.Decide({Create(Pupil("bob"), session, "2")}, At(1));
  rows.Decide({Create(Pupil("cleo"), session, "3")}, At(2));
  rows.session("s1").announced_capacity = 1;
  const Decision decision = rows.Decide({ReviewOfSession("s1")}, At(3));
  ASSERT_EQ(decision.overbookings.size(), 1u);
  std::vector<std::string> told;
  for (const Booking& booking : decision.overbookings[0].last_in) told.push_back(booking.id);
  EXPECT_THAT(told, ElementsAre("b-3", "b-2"));
  EXPECT_THAT(decision.transitions, IsEmpty());
}

TEST(ReviewTest, AHostWhoDoesNotAnswerFreesTheSeat) {
  Rows rows;
  const Session session = MakeSession("s1", 1);
  rows.Add(session);
  rows.Decide({Create(Pupil("ana"), session, "1"), Join("bob", session, "2")});
  EXPECT_THAT(Whys(rows.Decide({ReviewOf("b-1")}, At(8))),
              ElementsAre("b-1 HOST_DID_NOT_ANSWER", "b-2 SEAT_FREED"));
  EXPECT_EQ(rows.state("b-1"), BookingState::kExpired);
}

TEST(ReviewTest, NothingOutlivesTheStartOfTheSession) {
  Rows rows;
  // Three hours from now: sooner than any answer is due.
  const Session session = MakeSession("s1", 1, 3);
  rows.Add(session);
  rows.Decide({Create(Pupil("ana"), session, "1")});
  EXPECT_EQ(rows.booking("b-1").expire_time, At(3));
}

TEST(ReviewTest, ALookThatFindsNothingIsPutOffAndMakesNoNewVersion) {
  Rows rows;
  const Session session = MakeSession("s1", 1);
  rows.Add(session);
  rows.Decide({Create(Pupil("ana"), session, "1")});
  const Decision decision = rows.Decide({ReviewOf("b-1")}, At(1));
  EXPECT_THAT(decision.changed, IsEmpty());
  ASSERT_EQ(decision.looks.size(), 1u);
  EXPECT_EQ(decision.looks[0].review_time, At(8));
  EXPECT_EQ(rows.booking("b-1").version, 1);
}

// A minor's booking and what the guardian decides.
class ConsentTest : public ::testing::Test {
 protected:
  ConsentTest() {
    rows_.Add(session_);
    rows_.Add("zoe", PersonOfAge(16));
    rows_.Decide({Create(Pupil("zoe"), session_, "zoe")});
  }

  void Decides(bool given, absl::Time when, std::optional<absl::Time> withdrawn = std::nullopt) {
    Person person = PersonOfAge(16);
    person.consents.push_back({.given = given,
                               .scope = Consent::Scope::kBooking,
                               .booking_id = "b-zoe",
                               .start_time = session_.start_time,
                               .end_time = session_.end_time,
                               .decided = when,
                               .withdrawn = withdrawn});
    rows_.Add("zoe", person);
  }

  const Session session_ = MakeSession("s1", 1);
  Rows rows_;
};

TEST_F(ConsentTest, ABookingWaitsForTheGuardianAndHoldsItsSeat) {
  EXPECT_EQ(rows_.state("b-zoe"), BookingState::kPendingConsent);
  EXPECT_EQ(rows_.session("s1").held, 1);
  EXPECT_EQ(rows_.booking("b-zoe").expire_time, At(6));
  EXPECT_EQ(ReasonOf(rows_.Decide({Take(Host(), "b-zoe", Step::kAccept, "r")}).outcomes[0]),
            "STATE_CONFLICT");
}

TEST_F(ConsentTest, MovesOnOnceItIsGiven) {
  Decides(true, At(1));
  rows_.Decide({ReviewOf("b-zoe")}, At(1));
  EXPECT_EQ(rows_.state("b-zoe"), BookingState::kPendingHost);
  EXPECT_EQ(rows_.booking("b-zoe").why, "GUARDIAN_CONSENTED");
}

TEST_F(ConsentTest, IsNotAskedForAgainWhileOneCoversEverything) {
  Person person = PersonOfAge(16);
  person.consents.push_back(
      {.scope = Consent::Scope::kAll, .until = absl::CivilDay(2028, 1, 1), .decided = At(-10)});
  rows_.Add("yan", person);
  const Session other = MakeSession("s2", 1, 48);
  rows_.Add(other);
  rows_.Decide({Create(Pupil("yan"), other, "yan")});
  EXPECT_EQ(rows_.state("b-yan"), BookingState::kPendingHost);
}

TEST_F(ConsentTest, ARefusalAndAWithdrawalReleaseTheSeat) {
  Rows before = rows_;
  Decides(false, At(1));
  rows_.Decide({ReviewOf("b-zoe")}, At(1));
  EXPECT_EQ(rows_.booking("b-zoe").why, "CONSENT_REFUSED");
  EXPECT_EQ(rows_.session("s1").held, 0);
  rows_ = before;
  Decides(true, At(1));
  rows_.Decide({ReviewOf("b-zoe"), Take(Host(), "b-zoe", Step::kAccept, "r")}, At(1));
  ASSERT_EQ(rows_.state("b-zoe"), BookingState::kConfirmed);
  Decides(true, At(1), At(2));
  rows_.Decide({ReviewOf("b-zoe")}, At(2));
  EXPECT_EQ(rows_.booking("b-zoe").why, "CONSENT_WITHDRAWN");
}

TEST_F(ConsentTest, AWithdrawalIsNotForgottenWhenTheHostAcceptsInBetween) {
  Decides(true, At(1));
  rows_.Decide({ReviewOf("b-zoe")}, At(1));
  Decides(true, At(1), At(2));
  rows_.AskForALook("b-zoe", At(2));
  rows_.Decide({Take(Host(), "b-zoe", Step::kAccept, "r")}, At(2));
  ASSERT_EQ(rows_.state("b-zoe"), BookingState::kConfirmed);
  EXPECT_EQ(rows_.booking("b-zoe").review_time, At(2));
  rows_.Decide({ReviewOf("b-zoe")}, At(2));
  EXPECT_EQ(rows_.booking("b-zoe").why, "CONSENT_WITHDRAWN");
}

TEST_F(ConsentTest, RunsOut) {
  rows_.Decide({ReviewOf("b-zoe")}, At(6));
  EXPECT_EQ(rows_.booking("b-zoe").why, "CONSENT_EXPIRED");
}

TEST_F(ConsentTest, IsNotNeededFromTheEighteenthBirthdayOn) {
  // At(24) is 16 January 2027 in Paris.
  struct Case {
    absl::CivilDay birth;
    BookingState state;
  };
  const Case cases[] = {{absl::CivilDay(2009, 1, 16), BookingState::kPendingHost},
                        {absl::CivilDay(2009, 1, 17), BookingState::kPendingConsent}};
  for (const Case& test : cases) {
    Rows rows;
    rows.Add(session_);
    Person person = PersonOfAge(17);
    person.profile->birth_date = test.birth;
    rows.Add("max", person);
    rows.Decide({Create(Pupil("max"), session_, "max")});
    EXPECT_EQ(rows.state("b-max"), test.state) << test.birth;
  }
}

TEST(RescheduleTest, TakesTheNewSeatAndGivesUpTheOldInOneStep) {
  Rows rows;
  const Session from = MakeSession("s1", 1), to = MakeSession("s2", 1, 26);
  rows.Add(from);
  rows.Add(to);
  rows.Decide({Create(Pupil("ana"), from, "1"), Join("bob", from, "2")});
  const Decision decision = rows.Decide({Move(Pupil("ana"), "b-1", to, "b-9", "r")});
  EXPECT_THAT(Whys(decision), ElementsAre("b-9 REQUESTED", "b-1 RESCHEDULED", "b-2 SEAT_FREED"));
  EXPECT_EQ(std::get<Done>(decision.outcomes[0]).booking.rescheduled_from, "b-1");
  EXPECT_EQ(rows.state("b-1"), BookingState::kCancelled);
}

TEST(RescheduleTest, KeepsTheOldSeatWhenTheNewOneCannotBeHad) {
  Session elsewhere = MakeSession("s4", 1, 60);
  elsewhere.host = "companies/1";
  Session closed = MakeSession("s5", 1, 60);
  closed.open = false;
  const std::pair<Session, const char*> cases[] = {{MakeSession("s2", 1, 40), "SESSION_FULL"},
                                                   {MakeSession("s3", 1, -2), "SESSION_PAST"},
                                                   {elsewhere, "OTHER_HOST"},
                                                   {closed, "SESSION_CLOSED"},
                                                   {MakeSession("s1", 1), "ALREADY_BOOKED"}};
  for (const auto& [to, reason] : cases) {
    Rows rows;
    rows.Add(to);
    const Session from = MakeSession("s1", 1);
    rows.Add(from);
    rows.Decide(
        {Create(Pupil("ana"), from, "1"), Create(Pupil("bob"), MakeSession("s2", 1, 40), "2")});
    const Decision decision = rows.Decide({Move(Pupil("ana"), "b-1", to, "b-9", "r")});
    EXPECT_EQ(ReasonOf(decision.outcomes[0]), reason);
    EXPECT_TRUE(decision.WritesNothing());
    EXPECT_EQ(rows.state("b-1"), BookingState::kPendingHost);
  }
}

TEST(AttendanceTest, IsSaidOnceTheSessionHasStartedAndCorrectedByTheAgency) {
  Rows rows;
  const Session session = MakeSession("s1", 1);
  rows.Add(session);
  rows.Decide({Create(Pupil("ana"), session, "1"), Take(Host(), "b-1", Step::kAccept, "2")});
  EXPECT_EQ(ReasonOf(rows.Decide({Take(Host(), "b-1", Step::kAttended, "3")}, At(23)).outcomes[0]),
            "SESSION_NOT_STARTED");
  rows.Decide({Take(Pupil("ana"), "b-1", Step::kHostAbsent, "4")}, At(25));
  EXPECT_EQ(rows.state("b-1"), BookingState::kNoShow);
  EXPECT_EQ(rows.booking("b-1").why, "HOST_ABSENT");
  EXPECT_EQ(ReasonOf(rows.Decide({Take(Host(), "b-1", Step::kAttended, "5")}, At(26)).outcomes[0]),
            "STATE_CONFLICT");
  const Actor agency = {.person = "people/agency", .departments = {"61"}};
  rows.Decide({Take(agency, "b-1", Step::kAttended, "6")}, At(30));
  EXPECT_EQ(rows.state("b-1"), BookingState::kCompleted);
}

TEST(AgreementTest, WithoutOneAtTheStartTheSeatIsReleased) {
  Rows rows;
  const Session session = MakeSession("s1", 1);
  rows.Add(session);
  Snapshot snapshot = Known(At(24));
  snapshot.AddSession(session);
  for (const bool validated : {false, true}) {
    Booking booking = {.id = validated ? "b2" : "b1",
                       .session_id = "s1",
                       .applicant = validated ? "people/ana" : "people/bob",
                       .state = BookingState::kConfirmed,
                       .start_time = session.start_time,
                       .end_time = session.end_time,
                       .agreement_needed = true,
                       .agreement_validated = validated};
    snapshot.AddBooking(booking);
  }
  const Decision decision =
      Decide(snapshot, TestTerms(), std::vector<Command>{ReviewOf("b1"), ReviewOf("b2")});
  EXPECT_THAT(Whys(decision), ElementsAre("b1 AGREEMENT_MISSING"));
}

TEST(OpenRequestsTest, AreCappedUntilSomebodyAnswers) {
  Terms terms = TestTerms();
  terms.policy.most_open_requests = 2;
  Snapshot snapshot = Known(At(0));
  std::vector<Command> commands;
  for (int i = 0; i < 3; ++i) {
    const Session session = MakeSession(absl::StrCat("s", i), 1, 24 + 10 * i);
    snapshot.AddSession(session);
    commands.push_back(Create(Pupil("ana"), session, absl::StrCat("r", i)));
  }
  const Decision decision = Decide(snapshot, terms, commands);
  EXPECT_EQ(ReasonOf(decision.outcomes[1]), "");
  EXPECT_EQ(ReasonOf(decision.outcomes[2]), "TOO_MANY_REQUESTS_OPEN");
}

TEST(ProfileTest, WhoHasNoneIsAskedForIt) {
  Snapshot snapshot(At(0));
  const Session session = MakeSession("s1", 1);
  snapshot.AddSession(session);
  EXPECT_EQ(ReasonOf(DecideAlone(snapshot, Create(Pupil("ana"), session, "r"))),
            "PROFILE_REQUIRED");
}

}  // namespace
}  // namespace dm::booking
