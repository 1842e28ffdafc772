#include "services/booking/domain/host_terms.h"

#include "common/errors/error.h"
#include "services/booking/domain/refusals.h"
#include "tests/unit/booking/ledger_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dm::booking {
namespace {

using ::testing::HasSubstr;

Session WithQuota(const std::string& id, int quota, int start_hour = 24) {
  Session session = MakeSession(id, 10, start_hour);
  session.monthly_request_quota = quota;
  return session;
}

Snapshot WorldOf(std::vector<Session> sessions, int requests) {
  Snapshot snapshot = Known(At(0));
  snapshot.AddHostRequests(sessions.front().host, requests);
  for (Session& session : sessions) snapshot.AddSession(std::move(session));
  return snapshot;
}

absl::Status RefusalOf(const Outcome& outcome) {
  const auto* refused = std::get_if<Refused>(&outcome);
  return refused == nullptr ? absl::OkStatus() : refused->status;
}

TEST(HostTermsTest, MonthsAreThoseOfParis) {
  // 23:30 on 31 October in Paris, which is then an hour before UTC; half an hour later it is
  // November.
  const absl::Time late =
      absl::FromCivil(absl::CivilMinute(2026, 10, 31, 22, 30), absl::UTCTimeZone());
  EXPECT_EQ(MonthOf(late), absl::CivilMonth(2026, 10));
  EXPECT_EQ(MonthOf(late + absl::Minutes(30)), absl::CivilMonth(2026, 11));
  EXPECT_EQ(NextMonthAfter(late), absl::CivilDay(2026, 11, 1));
  EXPECT_EQ(NextMonthAfter(absl::FromCivil(absl::CivilDay(2026, 12, 9), absl::UTCTimeZone())),
            absl::CivilDay(2027, 1, 1));
}

TEST(HostTermsTest, ARequestCountsOverAllSessionsOfTheHostInOneBatch) {
  const Session first = WithQuota("s1", 3);
  const Session second = WithQuota("s2", 3, 48);
  const Decision decision =
      Decide(WorldOf({first, second}, 1),
             {Create(Pupil("ana"), first, "r1"), Create(Pupil("bob"), second, "r2"),
              Create(Pupil("cleo"), first, "r3")});
  ASSERT_EQ(decision.created.size(), 2u);
  EXPECT_EQ(ErrorReasonOf(RefusalOf(decision.outcomes[2])), "HOST_QUOTA_REACHED");
  ASSERT_EQ(decision.host_requests.size(), 1u);
  EXPECT_EQ(decision.host_requests[0].host, first.host);
  EXPECT_EQ(decision.host_requests[0].change, 2);
  EXPECT_EQ(decision.host_requests[0].quota, 3);
}

TEST(HostTermsTest, ARefusalNamesTheDayOnWhichTheHostTakesMore) {
  const Session session = WithQuota("s1", 2);
  const absl::Status refused =
      RefusalOf(DecideAlone(WorldOf({session}, 2), Create(Pupil("ana"), session, "r1")));
  EXPECT_EQ(ErrorReasonOf(refused), "HOST_QUOTA_REACHED");
  // At(0) is in January 2027.
  EXPECT_THAT(GetErrorDetails(refused).value().message_fr, HasSubstr("février 2027"));
}

TEST(HostTermsTest, WhereNoQuotaIsSetNothingIsCounted) {
  const Session session = WithQuota("s1", 0);
  const Decision decision = Decide(WorldOf({session}, 0), {Create(Pupil("ana"), session, "r1")});
  EXPECT_EQ(decision.created.size(), 1u);
  EXPECT_TRUE(decision.host_requests.empty());
}

TEST(HostTermsTest, AnotherDateOfTheSameHostIsNoNewRequest) {
  const Session first = WithQuota("s1", 1);
  const Session second = WithQuota("s2", 1, 48);
  Command move = Move(Pupil("ana"), "b-r1", second, "b-2", "r2");
  const Decision decision =
      Decide(WorldOf({first, second}, 0), {Create(Pupil("ana"), first, "r1"), move});
  ASSERT_TRUE(RefusalOf(decision.outcomes[1]).ok()) << RefusalOf(decision.outcomes[1]);
  ASSERT_EQ(decision.host_requests.size(), 1u);
  EXPECT_EQ(decision.host_requests[0].change, 1);
}

TEST(HostTermsTest, WhoCancelsAnotherDateInTimeTakesNobodysPlaceEither) {
  const Session first = WithQuota("s1", 1);
  const Session second = WithQuota("s2", 1, 48);
  const Decision decision =
      Decide(WorldOf({first, second}, 0),
             {Create(Pupil("ana"), first, "r1"), Move(Pupil("ana"), "b-r1", second, "b-2", "r2"),
              Take(Pupil("ana"), "b-2", Step::kCancel, "r3"), Create(Pupil("bob"), first, "r4")});
  EXPECT_TRUE(RefusalOf(decision.outcomes[3]).ok()) << RefusalOf(decision.outcomes[3]);
  int counted = 0;
  for (const Booking& booking : decision.created) counted += booking.counted ? 1 : 0;
  EXPECT_EQ(counted, 1);
  int told = 0;
  for (const TransitionRecord& step : decision.transitions) told += step.counted_requests;
  EXPECT_EQ(told, 1);
  ASSERT_EQ(decision.host_requests.size(), 1u);
  EXPECT_EQ(decision.host_requests[0].change, 1);
}

TEST(HostTermsTest, ASessionThatHasNotHeardOfAGreaterQuotaDoesNotBarWhatTheOthersLetIn) {
  const Session heard = WithQuota("s1", 5);
  const Session not_yet = WithQuota("s2", 1, 48);
  const Decision decision =
      Decide(WorldOf({heard, not_yet}, 0),
             {Create(Pupil("bob"), not_yet, "r1"), Create(Pupil("ana"), heard, "r2"),
              Create(Pupil("cleo"), heard, "r3"), Take(Pupil("bob"), "b-r1", Step::kCancel, "r4")});
  ASSERT_EQ(decision.created.size(), 3u);
  ASSERT_EQ(decision.host_requests.size(), 1u);
  EXPECT_EQ(decision.host_requests[0].change, 2);
  EXPECT_EQ(decision.host_requests[0].quota, 5);
}

// Every way out of every state, and whether the place is given back.
TEST(HostTermsTest, APlaceIsGivenBackWhereTheHostHadNothingToAnswer) {
  for (const Transition& row : AllTransitions()) {
    if (!row.from.has_value()) continue;
    SCOPED_TRACE(absl::StrCat(BookingStateName(*row.from), " ", row.why));
    const bool ends = row.to == BookingState::kCancelled || row.to == BookingState::kExpired;
    const bool host_is_done = *row.from == BookingState::kConfirmed || row.party == Party::kHost ||
                              row.why == "HOST_DID_NOT_ANSWER" || row.why == "SESSION_CANCELLED";
    const bool same_request = row.why == "RESCHEDULED";
    EXPECT_EQ(GivesPlaceBack(*row.from, row), ends && !host_is_done && !same_request);
  }
}

TEST(HostTermsTest, WhoCancelsBeforeTheAnswerMakesRoomForTheNextInTheSameBatch) {
  const Session session = WithQuota("s1", 1);
  const Decision decision =
      Decide(WorldOf({session}, 0),
             {Create(Pupil("ana"), session, "r1"), Take(Pupil("ana"), "b-r1", Step::kCancel, "r2"),
              Create(Pupil("bob"), session, "r3")});
  EXPECT_TRUE(RefusalOf(decision.outcomes[2]).ok()) << RefusalOf(decision.outcomes[2]);
  ASSERT_EQ(decision.host_requests.size(), 1u);
  EXPECT_EQ(decision.host_requests[0].change, 1);
}

TEST(HostTermsTest, WhatTheHostAnsweredStaysCounted) {
  const Session session = WithQuota("s1", 1);
  const Decision decision =
      Decide(WorldOf({session}, 0),
             {Create(Pupil("ana"), session, "r1"), Take(Host(), "b-r1", Step::kDecline, "r2"),
              Create(Pupil("bob"), session, "r3")});
  EXPECT_EQ(ErrorReasonOf(RefusalOf(decision.outcomes[2])), "HOST_QUOTA_REACHED");
}

TEST(HostTermsTest, ASessionIsKeptForItsSchoolsAndForPriorityAreas) {
  struct Case {
    const char* what;
    std::vector<std::string> schools;
    bool priority_only;
    const char* school;
    bool priority;
    bool admitted;
  };
  const Case cases[] = {
      {"for everybody", {}, false, "", false, true},
      {"the only school", {"0610021S"}, false, "0610021S", false, true},
      {"another school", {"0610021S"}, false, "0140001A", false, false},
      {"no school", {"0610021S"}, false, "", false, false},
      {"a priority area", {}, true, "", true, true},
      {"no priority area", {}, true, "0610021S", false, false},
      {"both", {"0610021S"}, true, "0610021S", true, true},
      {"the school alone", {"0610021S"}, true, "0610021S", false, false},
      {"the area alone", {"0610021S"}, true, "", true, false},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.what);
    Session session = MakeSession("s1", 5);
    session.reserved_schools = one.schools;
    session.priority_areas_only = one.priority_only;
    Snapshot snapshot(At(0));
    Person person = PersonOfAge(20);
    person.profile->school_uai = one.school;
    person.profile->priority_area = one.priority;
    snapshot.AddPerson("people/ana", std::move(person));
    snapshot.AddSession(session);
    const absl::Status refused =
        RefusalOf(DecideAlone(snapshot, Create(Pupil("ana"), session, "r1")));
    EXPECT_EQ(refused.ok() ? "" : ErrorReasonOf(refused),
              one.admitted ? "" : "RESERVED_TO_SCHOOLS");
  }
}

}  // namespace
}  // namespace dm::booking
