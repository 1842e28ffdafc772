#include "services/booking/domain/decision.h"

#include "common/errors/error.h"
#include "services/booking/domain/admission.h"
#include "tests/unit/booking/ledger_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dm::booking {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::string ReasonOf(const Outcome& outcome) {
  const auto* refused = std::get_if<Refused>(&outcome);
  return refused == nullptr ? "" : ErrorReasonOf(refused->status);
}

Booking BookingOf(const Outcome& outcome) {
  const auto* done = std::get_if<Done>(&outcome);
  return done == nullptr ? Booking{} : done->booking;
}

std::vector<std::string> Reasons(const Decision& decision) {
  std::vector<std::string> reasons;
  for (const Outcome& outcome : decision.outcomes) reasons.push_back(ReasonOf(outcome));
  return reasons;
}

// A snapshot with one session and one booking of it, held by the pupil "ana".
struct OneBooking {
  explicit OneBooking(BookingState state, absl::Time now = At(0)) : snapshot(Known(now)) {
    session.held = HoldsSeat(state) ? 1 : 0;
    session.waitlisted = state == BookingState::kWaitlisted ? 1 : 0;
    booking = {.id = "b1",
               .session_id = session.id,
               .session_name = session.name,
               .session_title = session.title,
               .applicant = "people/ana",
               .host = session.host,
               .department = "61",
               .state = state,
               .version = 4,
               .start_time = session.start_time,
               .end_time = session.end_time,
               .create_time = At(-5),
               .update_time = At(-5),
               .reason = ""};
    snapshot.AddSession(session);
    snapshot.AddBooking(booking);
  }
  Session session = MakeSession("s1", 3);
  Booking booking;
  Snapshot snapshot;
};

TEST(DecideCreateTest, TakesASeatAndTellsWhatFollows) {
  Snapshot snapshot = Known(At(0));
  const Session session = MakeSession("s1", 2);
  snapshot.AddSession(session);
  const Decision decision = Decide(snapshot, {Create(Pupil("ana"), session, "r1")});

  const Booking booking = BookingOf(decision.outcomes.at(0));
  EXPECT_EQ(booking.state, BookingState::kPendingHost);
  EXPECT_EQ(booking.version, 1);
  EXPECT_EQ(booking.applicant, "people/ana");
  EXPECT_EQ(booking.host, session.host);
  EXPECT_EQ(booking.session_title, session.title);
  EXPECT_EQ(booking.create_time, At(0));
  EXPECT_THAT(decision.created, ElementsAre(booking));
  EXPECT_THAT(decision.changed, IsEmpty());
  ASSERT_THAT(decision.transitions, SizeIs(1));
  EXPECT_EQ(decision.transitions[0].from, std::nullopt);
  EXPECT_EQ(decision.transitions[0].why, "REQUESTED");
  ASSERT_THAT(decision.sessions, SizeIs(1));
  EXPECT_EQ(decision.sessions[0].held_delta, 1);
  EXPECT_EQ(decision.sessions[0].session.held, 1);
}

TEST(DecideCreateTest, ConfirmsAtOnceWhereTheHostSaysSo) {
  Snapshot snapshot = Known(At(0));
  Session session = MakeSession("s1", 1);
  session.instant_confirmation = true;
  snapshot.AddSession(session);
  EXPECT_EQ(BookingOf(DecideAlone(snapshot, Create(Pupil("ana"), session, "r1"))).state,
            BookingState::kConfirmed);
}

TEST(DecideCreateTest, AdmitsInOrderOfArrivalUntilTheSeatsAreGone) {
  Snapshot snapshot = Known(At(0));
  const Session session = MakeSession("s1", 2);
  snapshot.AddSession(session);
  const Decision decision =
      Decide(snapshot, {Create(Pupil("ana"), session, "r1"), Create(Pupil("bob"), session, "r2"),
                        Create(Pupil("cleo"), session, "r3")});
  EXPECT_THAT(Reasons(decision), ElementsAre("", "", "SESSION_FULL"));
  EXPECT_EQ(decision.sessions.at(0).session.held, 2);
}

TEST(DecideCreateTest, RefusesForTheRightReason) {
  struct Case {
    const char* what;
    std::function<void(Session&)> change;
    absl::Time now;
    const char* reason;
    absl::StatusCode code;
  };
  const Case cases[] = {
      {"full", [](Session& s) { s.held = 3; }, At(0), "SESSION_FULL",
       absl::StatusCode::kFailedPrecondition},
      {"more held than announced since the host took seats away",
       [](Session& s) {
         s.held = 3;
         s.announced_capacity = 1;
       },
       At(0), "SESSION_FULL", absl::StatusCode::kFailedPrecondition},
      {"closed", [](Session& s) { s.open = false; }, At(0), "SESSION_CLOSED",
       absl::StatusCode::kFailedPrecondition},
      {"started this instant", [](Session&) {}, At(24), "SESSION_PAST",
       absl::StatusCode::kFailedPrecondition},
      {"past, closed and full", [](Session& s) { s.open = false, s.held = 3; }, At(99),
       "SESSION_PAST", absl::StatusCode::kFailedPrecondition},
      {"name of another parent", [](Session& s) { s.name = "offers/other/sessions/s1"; }, At(0),
       "RESOURCE_NOT_FOUND", absl::StatusCode::kNotFound},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.what);
    const Session asked = MakeSession("s1", 3);
    Session session = asked;
    test.change(session);
    Snapshot snapshot = Known(test.now);
    snapshot.AddSession(session);
    const Decision decision = Decide(snapshot, {Create(Pupil("ana"), asked, "r1")});
    EXPECT_EQ(ReasonOf(decision.outcomes[0]), test.reason);
    EXPECT_EQ(std::get<Refused>(decision.outcomes[0]).status.code(), test.code);
    EXPECT_THAT(decision.transitions, IsEmpty());
    EXPECT_THAT(decision.sessions, IsEmpty());
  }
}

TEST(DecideCreateTest, TheLastInstantBeforeTheStartIsNotTooLate) {
  Snapshot snapshot = Known(At(24) - absl::Microseconds(1));
  const Session session = MakeSession("s1", 1);
  snapshot.AddSession(session);
  EXPECT_EQ(ReasonOf(DecideAlone(snapshot, Create(Pupil("ana"), session, "r1"))), "");
}

TEST(DecideCreateTest, AnUnknownSessionIsNotFound) {
  Snapshot snapshot = Known(At(0));
  EXPECT_EQ(ReasonOf(DecideAlone(snapshot, Create(Pupil("ana"), MakeSession("s9", 1), "r1"))),
            "RESOURCE_NOT_FOUND");
}

TEST(DecideCreateTest, OnePersonHoldsOneLiveBookingOfASession) {
  for (const BookingState state : AllBookingStates()) {
    SCOPED_TRACE(std::string(BookingStateName(state)));
    OneBooking world(state);
    EXPECT_EQ(ReasonOf(DecideAlone(world.snapshot, Create(Pupil("ana"), world.session, "r1"))),
              IsLive(state) ? "ALREADY_BOOKED" : "");
  }
}

TEST(DecideCreateTest, WhoIsInAlreadyIsToldSoEvenWhenItIsFull) {
  OneBooking world(BookingState::kConfirmed);
  Snapshot snapshot = Known(At(0));
  world.session.held = world.session.announced_capacity;
  snapshot.AddSession(world.session);
  snapshot.AddBooking(world.booking);
  EXPECT_EQ(ReasonOf(DecideAlone(snapshot, Create(Pupil("ana"), world.session, "r1"))),
            "ALREADY_BOOKED");
}

TEST(DecideCreateTest, WhoFindsNoSeatIsRefusedWhateverIsKnownOfThem) {
  Session full = MakeSession("s1", 2);
  full.held = 2;
  const Session roomy = MakeSession("s2", 2);
  const std::vector<Command> seeks_full = {Create(Pupil("ana"), full, "r1"),
                                           Create(Pupil("bob"), full, "r2")};
  Snapshot snapshot(At(0));
  snapshot.AddSession(full);
  snapshot.AddSession(roomy);
  EXPECT_TRUE(AllFindNoSeat(snapshot, seeks_full));
  EXPECT_THAT(Reasons(Decide(snapshot, seeks_full)), ElementsAre("SESSION_FULL", "SESSION_FULL"));

  Command waits = Create(Pupil("cleo"), full, "r3");
  std::get<CreateCommand>(waits.what).join_waitlist = true;
  for (const Command& other :
       {waits, Create(Pupil("cleo"), roomy, "r3"), Take(Pupil("ana"), "b1", Step::kCancel, "r3"),
        Move(Pupil("ana"), "b1", full, "b2", "r3"), ReviewOfSession("s1")}) {
    std::vector<Command> commands = seeks_full;
    commands.push_back(other);
    EXPECT_FALSE(AllFindNoSeat(snapshot, commands));
  }
}

TEST(DecideCreateTest, TwoSessionsThatOverlapAreRefusedAlsoWithinABatch) {
  struct Case {
    int start_hour;
    const char* reason;
  };
  // The first session runs from hour 24 to hour 32.
  for (const Case& test : {Case{16, ""}, Case{17, "BOOKING_OVERLAP"}, Case{24, "BOOKING_OVERLAP"},
                           Case{31, "BOOKING_OVERLAP"}, Case{32, ""}}) {
    SCOPED_TRACE(test.start_hour);
    Snapshot snapshot = Known(At(0));
    const Session first = MakeSession("s1", 5, 24);
    const Session second = MakeSession("s2", 5, test.start_hour);
    snapshot.AddSession(first);
    snapshot.AddSession(second);
    const Decision decision =
        Decide(snapshot, {Create(Pupil("ana"), first, "r1"), Create(Pupil("ana"), second, "r2"),
                          Create(Pupil("bob"), second, "r3")});
    EXPECT_THAT(Reasons(decision), ElementsAre("", test.reason, ""));
  }
}

TEST(DecideCreateTest, ACancelledBookingOfTheSameBatchMakesRoom) {
  OneBooking world(BookingState::kConfirmed);
  Snapshot snapshot = Known(At(0));
  world.session.announced_capacity = 1;
  snapshot.AddSession(world.session);
  snapshot.AddBooking(world.booking);
  const Decision decision = Decide(
      snapshot,
      {Create(Pupil("bob"), world.session, "r1"), Take(Pupil("ana"), "b1", Step::kCancel, "r2"),
       Create(Pupil("bob"), world.session, "r3"), Create(Pupil("ana"), world.session, "r4")});
  EXPECT_THAT(Reasons(decision), ElementsAre("SESSION_FULL", "", "", "SESSION_FULL"));
  EXPECT_THAT(decision.sessions, IsEmpty());
  EXPECT_THAT(decision.created, SizeIs(1));
  EXPECT_THAT(decision.changed, SizeIs(1));
}

TEST(DecideStepTest, FollowsTheTableInEveryState) {
  for (const BookingState state : AllBookingStates()) {
    for (const Step step : AllSteps()) {
      for (const Party party : {Party::kApplicant, Party::kHost}) {
        SCOPED_TRACE(testing::Message() << BookingStateName(state) << " " << StepName(step) << " "
                                        << PartyName(party));
        OneBooking world(state);
        const Actor actor = party == Party::kApplicant ? Pupil("ana") : Host();
        const Decision decision =
            Decide(world.snapshot, {Take(actor, "b1", step, "r1", 4, "malade")});
        const Transition* row = FindTransition(state, step, party, Facts{});
        if (row == nullptr) {
          const bool too_early = LastGuard(state, step, party) == Guard::kStarted;
          EXPECT_EQ(ReasonOf(decision.outcomes[0]), !MayTake(party, step) ? "ROLE_MISSING"
                                                    : too_early           ? "SESSION_NOT_STARTED"
                                                                          : "STATE_CONFLICT");
          EXPECT_THAT(decision.transitions, IsEmpty());
          continue;
        }
        const Booking after = BookingOf(decision.outcomes[0]);
        EXPECT_EQ(after.state, row->to);
        EXPECT_EQ(after.version, 5);
        EXPECT_EQ(after.reason, "malade");
        EXPECT_EQ(after.update_time, At(0));
        ASSERT_THAT(decision.changed, SizeIs(1));
        EXPECT_EQ(decision.changed[0].expected_version, 4);
        EXPECT_EQ(decision.changed[0].booking, after);
        EXPECT_EQ(decision.transitions.at(0).from, state);
        EXPECT_EQ(decision.transitions.at(0).why, row->why);
        const bool freed = HoldsSeat(state) && !HoldsSeat(row->to);
        const bool left_line = state == BookingState::kWaitlisted;
        EXPECT_EQ(decision.sessions.size(), freed || left_line ? 1 : 0);
        if (freed || left_line) {
          EXPECT_EQ(decision.sessions[0].held_delta, freed ? -1 : 0);
          EXPECT_EQ(decision.sessions[0].waitlisted_delta, left_line ? -1 : 0);
        }
      }
    }
  }
}

TEST(DecideStepTest, WhoMayNotSeeTheBookingLearnsNothing) {
  const OneBooking world(BookingState::kPendingHost);
  const auto unknown = DecideAlone(world.snapshot, Take(Pupil("eve"), "b2", Step::kCancel, "r1"));
  for (const Actor& stranger : {Pupil("eve"), Host("companies/1"), Host("ambassadors/1")}) {
    for (const Step step : AllSteps()) {
      // Also with an etag, a wrong one or the right one.
      for (const auto version : {std::optional<int64_t>(), std::optional<int64_t>(4)}) {
        const auto outcome = DecideAlone(world.snapshot, Take(stranger, "b1", step, "r1", version));
        EXPECT_EQ(ReasonOf(outcome), "RESOURCE_NOT_FOUND");
        EXPECT_EQ(std::get<Refused>(outcome).status.message(), "not found: bookings/b1");
      }
    }
  }
  EXPECT_EQ(std::get<Refused>(unknown).status.message(), "not found: bookings/b2");
}

TEST(DecideStepTest, WithoutTheRoleOfAnApplicantEvenTheOwnBookingIsUnknown) {
  const OneBooking world(BookingState::kPendingHost);
  Actor actor = Pupil("ana");
  actor.applicant = false;
  EXPECT_EQ(ReasonOf(DecideAlone(world.snapshot, Take(actor, "b1", Step::kCancel, "r1"))),
            "RESOURCE_NOT_FOUND");
}

TEST(DecideStepTest, AnAgencyCancelsInItsTerritoryAndAcceptsForNobody) {
  const OneBooking world(BookingState::kPendingHost);
  Actor agency = {
      .person = "people/agency", .applicant = false, .hosts = {}, .departments = {"61"}};
  EXPECT_EQ(ReasonOf(DecideAlone(world.snapshot, Take(agency, "b1", Step::kAccept, "r1"))),
            "ROLE_MISSING");
  EXPECT_EQ(BookingOf(DecideAlone(world.snapshot, Take(agency, "b1", Step::kCancel, "r1"))).why,
            "AGENCY_CANCELLED");
  agency.departments = {"50"};
  EXPECT_EQ(ReasonOf(DecideAlone(world.snapshot, Take(agency, "b1", Step::kCancel, "r1"))),
            "RESOURCE_NOT_FOUND");
}

TEST(DecideStepTest, AStaleEtagIsAborted) {
  const OneBooking world(BookingState::kPendingHost);
  const auto outcome = DecideAlone(world.snapshot, Take(Host(), "b1", Step::kAccept, "r1", 3));
  EXPECT_EQ(ReasonOf(outcome), "ETAG_MISMATCH");
  EXPECT_EQ(std::get<Refused>(outcome).status.code(), absl::StatusCode::kAborted);
}

TEST(DecideStepTest, OfTwoStepsThatSawTheSameStateOneHappens) {
  const OneBooking world(BookingState::kPendingHost);
  const Decision decision =
      Decide(world.snapshot, {Take(Host(), "b1", Step::kAccept, "r1", 4),
                              Take(Pupil("ana"), "b1", Step::kCancel, "r2", 4)});
  EXPECT_THAT(Reasons(decision), ElementsAre("", "ETAG_MISMATCH"));
}

TEST(DecideStepTest, TwoStepsOfABatchLeaveTwoTransitionsAndOneRow) {
  const OneBooking world(BookingState::kPendingHost);
  const Decision decision = Decide(world.snapshot, {Take(Host(), "b1", Step::kAccept, "r1"),
                                                    Take(Pupil("ana"), "b1", Step::kCancel, "r2")});
  ASSERT_THAT(decision.changed, SizeIs(1));
  EXPECT_EQ(decision.changed[0].expected_version, 4);
  EXPECT_EQ(decision.changed[0].booking.version, 6);
  ASSERT_THAT(decision.transitions, SizeIs(2));
  EXPECT_EQ(decision.transitions[0].booking.version, 5);
  EXPECT_EQ(decision.transitions[1].booking.version, 6);
  EXPECT_EQ(decision.sessions.at(0).held_delta, -1);
}

TEST(DecideStepTest, AfterTheStartNobodyAcceptsOrCancels) {
  const OneBooking world(BookingState::kPendingHost, At(24));
  for (const auto& [actor, step] :
       {std::pair{Host(), Step::kAccept}, std::pair{Host(), Step::kCancel},
        std::pair{Pupil("ana"), Step::kCancel}}) {
    EXPECT_EQ(ReasonOf(DecideAlone(world.snapshot, Take(actor, "b1", step, "r1"))), "SESSION_PAST");
  }
}

TEST(DecideStepTest, SeatsAboveWhatIsAnnouncedGoAsTheyAreGivenBack) {
  OneBooking world(BookingState::kConfirmed);
  world.session.held = 3;
  world.session.announced_capacity = 1;
  Snapshot snapshot = Known(At(0));
  snapshot.AddSession(world.session);
  snapshot.AddBooking(world.booking);
  const Decision decision = Decide(snapshot, {Take(Pupil("ana"), "b1", Step::kCancel, "r1"),
                                              Create(Pupil("bob"), world.session, "r2")});
  EXPECT_THAT(Reasons(decision), ElementsAre("", "SESSION_FULL"));
  EXPECT_EQ(decision.sessions.at(0).session.capacity(), 2);
}

TEST(DecideReplayTest, GivesTheFirstAnswerWhateverIsTrueNow) {
  OneBooking world(BookingState::kDeclined);
  const Command command = Take(Host(), "b1", Step::kAccept, "r1", 2);
  world.snapshot.AddRequest("people/host", "r1", {command.method, command.fingerprint, "bytes"});
  const Decision decision = Decide(world.snapshot, {command});
  EXPECT_EQ(std::get<Replayed>(decision.outcomes[0]).answer, "bytes");
  EXPECT_THAT(decision.transitions, IsEmpty());
}

TEST(DecideReplayTest, AnotherRequestUnderTheSameIdIsRefused) {
  OneBooking world(BookingState::kPendingHost);
  const Command command = Take(Host(), "b1", Step::kAccept, "r1");
  world.snapshot.AddRequest("people/host", "r1", {command.method, command.fingerprint, "bytes"});
  Command other_body = command;
  other_body.fingerprint = "other";
  Command other_method = command;
  other_method.method = "CancelBooking";
  for (const Command& other : {other_body, other_method}) {
    EXPECT_EQ(ReasonOf(DecideAlone(world.snapshot, other)), "REQUEST_ID_REUSED");
  }
}

TEST(DecideReplayTest, RequestIdsBelongToTheirCaller) {
  OneBooking world(BookingState::kCancelled);
  const Command command = Create(Pupil("ana"), world.session, "r1");
  world.snapshot.AddRequest("people/bob", "r1", {command.method, command.fingerprint, "bytes"});
  EXPECT_TRUE(std::holds_alternative<Done>(DecideAlone(world.snapshot, command)));
}

TEST(DecideReplayTest, TheSameRequestTwiceInABatchHasOneEffect) {
  Snapshot snapshot = Known(At(0));
  const Session session = MakeSession("s1", 5);
  snapshot.AddSession(session);
  const Command command = Create(Pupil("ana"), session, "r1");
  Command other_body = command;
  other_body.fingerprint = "other";
  const Decision decision = Decide(snapshot, {command, command, other_body});
  ASSERT_TRUE(std::holds_alternative<SameAs>(decision.outcomes[1]));
  EXPECT_EQ(std::get<SameAs>(decision.outcomes[1]).command, 0);
  EXPECT_EQ(ReasonOf(decision.outcomes[2]), "REQUEST_ID_REUSED");
  EXPECT_THAT(decision.created, SizeIs(1));
}

TEST(DecideReplayTest, ARefusedRequestMayBeTriedAgainUnderItsId) {
  OneBooking world(BookingState::kConfirmed);
  Snapshot snapshot = Known(At(0));
  world.session.announced_capacity = 1;
  snapshot.AddSession(world.session);
  snapshot.AddBooking(world.booking);
  const Command command = Create(Pupil("bob"), world.session, "r1");
  const Decision decision =
      Decide(snapshot, {command, Take(Pupil("ana"), "b1", Step::kCancel, "r2"), command});
  EXPECT_THAT(Reasons(decision), ElementsAre("SESSION_FULL", "", ""));
}

TEST(RefusalsTest, SayInFrenchAndEnglishWhy) {
  OneBooking world(BookingState::kDeclined);
  for (const Command& command :
       {Take(Host(), "b1", Step::kAccept, "r1"), Take(Host(), "b1", Step::kAccept, "r1", 1),
        Take(Pupil("eve"), "b1", Step::kAccept, "r1"),
        Take(Pupil("ana"), "b1", Step::kAccept, "r1")}) {
    const auto details =
        GetErrorDetails(std::get<Refused>(DecideAlone(world.snapshot, command)).status);
    ASSERT_TRUE(details.has_value());
    EXPECT_FALSE(details->message_fr.empty());
    EXPECT_FALSE(details->message_en.empty());
  }
}

}  // namespace
}  // namespace dm::booking
