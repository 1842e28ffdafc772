// Lists with filters, histories, dry runs, attendance and opinions.
#include "tests/integration/booking/booking_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dm::booking {
namespace {

namespace pb = destinationmetier::booking::v1;

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class ReadsTest : public ::testing::Test {
 protected:
  std::vector<std::string> Listed(const auth::Caller& caller,
                                  const pb::ListBookingsRequest& request) {
    const auto page = world_.service().List(*BookingWorld::CallOf(caller), request);
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<std::string> names;
    if (page.ok()) {
      for (const pb::Booking& booking : page->bookings()) names.push_back(booking.name());
    }
    return names;
  }

  std::vector<std::string> History(const auth::Caller& caller, const std::string& name) {
    pb::ListBookingHistoryRequest request;
    request.set_name(name);
    const auto history = world_.service().History(*BookingWorld::CallOf(caller), request);
    EXPECT_TRUE(history.ok()) << history.status();
    std::vector<std::string> lines;
    if (!history.ok()) return lines;
    for (const pb::BookingEvent& event : history->events()) {
      lines.push_back(absl::StrCat(event.party(), " ", event.person(), " ", event.why()));
    }
    return lines;
  }

  pb::CheckEligibilityResponse Check(const std::string& subject, const std::string& session) {
    pb::CheckEligibilityRequest request;
    request.set_session(session);
    const auto checked =
        world_.service().Check(*BookingWorld::CallOf(BookingWorld::Pupil(subject)), request);
    EXPECT_TRUE(checked.ok()) << checked.status();
    return checked.ok() ? *checked : pb::CheckEligibilityResponse();
  }

  absl::StatusOr<pb::Feedback> Say(const auth::Caller& caller, const std::string& name, int rating,
                                   const std::string& request_id = NewUuid(absl::Now())) {
    pb::LeaveFeedbackRequest request;
    request.set_name(name);
    request.set_rating(rating);
    request.set_comment("Très bien.");
    request.set_request_id(request_id);
    return world_.service().LeaveFeedback(*BookingWorld::CallOf(caller), request);
  }

  absl::StatusOr<pb::Booking> Record(const auth::Caller& caller, const std::string& name,
                                     pb::RecordAttendanceRequest::Attendance attendance) {
    pb::RecordAttendanceRequest request;
    request.set_name(name);
    request.set_attendance(attendance);
    request.set_request_id(NewUuid(absl::Now()));
    absl::Notification answered;
    absl::StatusOr<pb::Booking> answer = absl::UnknownError("");
    world_.service().RecordAttendance(BookingWorld::CallOf(caller, "RecordAttendance"), request,
                                      [&](absl::StatusOr<pb::Booking> given) {
                                        answer = std::move(given);
                                        answered.Notify();
                                      });
    answered.WaitForNotification();
    return answer;
  }

  BookingWorld world_;
};

TEST_F(ReadsTest, FiltersNarrowWhatTheCallerMaySeeAndNeverWidenIt) {
  const std::string first = world_.AddSession(3, absl::Hours(48));
  const std::string second = world_.AddSession(3, absl::Hours(96));
  const std::string a = world_.Book("ana", first)->name();
  const std::string b = world_.Book("ana", second)->name();
  const std::string c = world_.Book("bob", first)->name();
  ASSERT_TRUE(world_.Step(BookingWorld::Host(), c, "", &BookingService::Accept).ok());

  struct Case {
    const char* what;
    auth::Caller caller;
    std::function<void(pb::ListBookingsRequest&)> narrow;
    std::vector<std::string> names;
  };
  const auth::Caller host = BookingWorld::Host();
  const auth::Caller agency = BookingWorld::Agency("61");
  const auto seconds_from_now = [this](int hours) {
    return absl::ToUnixSeconds(world_.clock().Now() + absl::Hours(hours));
  };
  const Case cases[] = {
      {"all of a person", BookingWorld::Pupil("ana"), [](auto&) {}, {b, a}},
      {"all of a host", host, [](auto&) {}, {c, b, a}},
      {"all of a territory", agency, [](auto&) {}, {c, b, a}},
      {"a territory without any", BookingWorld::Agency("76"), [](auto&) {}, {}},
      {"one session", host, [&](auto& r) { r.set_session(first); }, {c, a}},
      {"one state", host, [](auto& r) { r.add_states(pb::Booking::STATE_CONFIRMED); }, {c}},
      {"one applicant", host, [](auto& r) { r.set_applicant("people/ana"); }, {b, a}},
      {"somebody else",
       BookingWorld::Pupil("ana"),
       [](auto& r) { r.set_applicant("people/bob"); },
       {}},
      {"another host", host, [](auto& r) { r.set_host("companies/00061001400011"); }, {}},
      {"this host", agency, [](auto& r) { r.set_host("companies/90000001900019"); }, {c, b, a}},
      {"another département", agency, [](auto& r) { r.add_departments("76"); }, {}},
      {"from a day on",
       host,
       [&](auto& r) { r.mutable_from()->set_seconds(seconds_from_now(80)); },
       {b}},
      {"until a day",
       host,
       [&](auto& r) { r.mutable_to()->set_seconds(seconds_from_now(80)); },
       {c, a}},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.what);
    pb::ListBookingsRequest request;
    test.narrow(request);
    EXPECT_EQ(Listed(test.caller, request), test.names);
  }
  // The agency looked at three, then at three again; the host's looks are its own business.
  EXPECT_EQ(world_.Count("SELECT count(*) FROM foreign_reads"), 6);
}

TEST_F(ReadsTest, AHistoryTellsEachPartyWhatItMayKnow) {
  const std::string name = world_.Book("ana", world_.AddSession(1))->name();
  ASSERT_TRUE(world_.Step(BookingWorld::Host(), name, "", &BookingService::Accept).ok());
  world_.Get(BookingWorld::Agency("61"), name);
  EXPECT_THAT(History(BookingWorld::Pupil("ana"), name),
              ElementsAre("APPLICANT people/ana REQUESTED", "HOST  HOST_ACCEPTED"));
  EXPECT_THAT(
      History(BookingWorld::Agency("61"), name),
      ElementsAre("APPLICANT people/ana REQUESTED", "HOST people/hote-90000001900019 HOST_ACCEPTED",
                  "AGENCY people/agence-61 SEEN", "AGENCY people/agence-61 SEEN"));
}

TEST_F(ReadsTest, ACheckSaysWhatABookingWouldComeToAndChangesNothing) {
  const std::string session = world_.AddSession(1);
  world_.Know("ana");
  pb::CheckEligibilityResponse checked = Check("ana", session);
  EXPECT_TRUE(checked.bookable() && checked.eligible());
  EXPECT_EQ(checked.state(), pb::Booking::STATE_PENDING_HOST);
  EXPECT_EQ(checked.scheme(), destinationmetier::type::v1::SCHEME_MINI_STAGE_CCI);
  ASSERT_EQ(checked.findings_size(), 1);
  EXPECT_TRUE(checked.findings(0).satisfied());
  EXPECT_EQ(world_.Count("SELECT count(*) FROM bookings"), 0);

  ASSERT_TRUE(world_.Book("bob", session).ok());
  checked = Check("ana", session);
  EXPECT_FALSE(checked.bookable());
  EXPECT_EQ(checked.refusal(), "SESSION_FULL");
  EXPECT_TRUE(checked.waitlist_possible());

  checked = Check("nobody", session);
  EXPECT_FALSE(checked.bookable());
  EXPECT_EQ(checked.findings_size(), 0);
}

TEST_F(ReadsTest, AttendanceIsSaidAfterTheStartAndOpinionsAfterThat) {
  const std::string name = world_.Book("ana", world_.AddSession(1, absl::Hours(2), true))->name();
  using Attendance = pb::RecordAttendanceRequest;
  EXPECT_EQ(
      ErrorReasonOf(Record(BookingWorld::Host(), name, Attendance::ATTENDANCE_ATTENDED).status()),
      "SESSION_NOT_STARTED");
  EXPECT_EQ(ErrorReasonOf(Say(BookingWorld::Pupil("ana"), name, 5).status()), "STATE_CONFLICT");
  world_.clock().Advance(absl::Hours(5));
  EXPECT_EQ(ErrorReasonOf(
                Record(BookingWorld::Pupil("ana"), name, Attendance::ATTENDANCE_APPLICANT_ABSENT)
                    .status()),
            "ROLE_MISSING");
  const auto recorded = Record(BookingWorld::Host(), name, Attendance::ATTENDANCE_ATTENDED);
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  EXPECT_EQ(recorded->state(), pb::Booking::STATE_COMPLETED);

  const std::string request_id = NewUuid(absl::Now());
  const auto said = Say(BookingWorld::Pupil("ana"), name, 5, request_id);
  ASSERT_TRUE(said.ok()) << said.status();
  EXPECT_EQ(said->party(), "APPLICANT");
  EXPECT_EQ(Say(BookingWorld::Pupil("ana"), name, 5, request_id)->SerializeAsString(),
            said->SerializeAsString());
  EXPECT_EQ(ErrorReasonOf(Say(BookingWorld::Pupil("ana"), name, 4, request_id).status()),
            "REQUEST_ID_REUSED");
  EXPECT_EQ(ErrorReasonOf(Say(BookingWorld::Pupil("ana"), name, 4).status()), "FEEDBACK_GIVEN");
  EXPECT_EQ(Say(BookingWorld::Host(), name, 3)->party(), "HOST");
  EXPECT_EQ(ErrorReasonOf(Say(BookingWorld::Pupil("bob"), name, 3).status()), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(world_.Count("SELECT count(*) FROM outbox WHERE convert_from(payload, 'LATIN1') LIKE "
                         "'%bien%'"),
            0)
      << "what people write travels in no event";
  world_.ExpectSoundLedger();
}

TEST_F(ReadsTest, NobodySpeaksForAHostThatTheyOnlySeeForAnAgency) {
  const std::string name = world_.Book("ana", world_.AddSession(1, absl::Hours(2), true))->name();
  world_.clock().Advance(absl::Hours(5));
  ASSERT_TRUE(
      Record(BookingWorld::Host(), name, pb::RecordAttendanceRequest::ATTENDANCE_ATTENDED).ok());
  auth::Caller both = BookingWorld::Host("90000002700012");
  both.roles = {auth::Role::kHost, auth::Role::kAgency};
  both.territory = {"61"};
  EXPECT_EQ(ErrorReasonOf(Say(both, name, 1).status()), "ROLE_MISSING");
  EXPECT_EQ(Say(BookingWorld::Host(), name, 5)->party(), "HOST");
}

TEST_F(ReadsTest, NothingIsSaidOfWhoIsErased) {
  const std::string name = world_.Book("ana", world_.AddSession(1, absl::Hours(2), true))->name();
  world_.clock().Advance(absl::Hours(5));
  ASSERT_TRUE(
      Record(BookingWorld::Host(), name, pb::RecordAttendanceRequest::ATTENDANCE_ATTENDED).ok());
  const std::string request_id = NewUuid(absl::Now());
  ASSERT_TRUE(Say(BookingWorld::Host(), name, 5, request_id).ok());
  world_.Execute("UPDATE bookings SET applicant = 'people/erased-1'");
  world_.Execute("DELETE FROM feedback");
  for (const std::string& id : {request_id, NewUuid(absl::Now())}) {
    EXPECT_EQ(ErrorReasonOf(Say(BookingWorld::Host(), name, 5, id).status()), "RESOURCE_NOT_FOUND");
  }
  EXPECT_EQ(world_.Count("SELECT count(*) FROM feedback"), 0);
}

TEST_F(ReadsTest, WhatIsSaidInTheMomentOfAnErasureIsNotKept) {
  const std::string name = world_.Book("ana", world_.AddSession(1, absl::Hours(2), true))->name();
  world_.Execute("UPDATE bookings SET applicant = 'people/erased-1'");
  const auto kept = BookingStore(&world_.pool())
                        .KeepFeedback({.booking_id = *ParseBookingName(name),
                                       .party = Party::kHost,
                                       .person = "people/hote",
                                       .request_id = NewUuid(absl::Now()),
                                       .rating = 5,
                                       .comment = "Ana est venue.",
                                       .create_time = absl::Now()},
                                      "people/ana", absl::Now() + absl::Seconds(10));
  ASSERT_TRUE(kept.ok()) << kept.status();
  EXPECT_FALSE(kept->has_value());
  EXPECT_EQ(world_.Count("SELECT count(*) FROM feedback"), 0);
}

TEST(OpenRequestsTest, OnePersonAsksForNoMoreAtOnceThanTheAgencyAllows) {
  BookingWorld world({}, {.most_open_requests = 3});
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(world.Book("ana", world.AddSession(5, absl::Hours(24 + 10 * i))).ok());
  }
  const auto refused = world.Book("ana", world.AddSession(5, absl::Hours(90)));
  EXPECT_EQ(ErrorReasonOf(refused.status()), "TOO_MANY_REQUESTS_OPEN");
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted);
  // One that is confirmed at once waits for nobody, but the person has three that do.
  EXPECT_TRUE(world.Book("bob", world.AddSession(5, absl::Hours(90))).ok());
}

}  // namespace
}  // namespace dm::booking
