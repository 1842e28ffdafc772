// What callers of the booking API get, and what they do not get to see.
#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "tests/integration/booking/booking_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dm::booking {
namespace {

namespace pb = destinationmetier::booking::v1;

TEST(BookingServiceTest, ARequestIsAcceptedByItsHostAndSeenByItsParties) {
  BookingWorld world;
  const std::string session = world.AddSession(2);
  const auto booked = world.Book("eleve-1", session);
  ASSERT_TRUE(booked.ok()) << booked.status();
  EXPECT_EQ(booked->state(), pb::Booking::STATE_PENDING_HOST);
  EXPECT_EQ(booked->session(), session);
  EXPECT_EQ(booked->applicant(), "people/eleve-1");
  const auto accepted =
      world.Step(BookingWorld::Host(), booked->name(), booked->etag(), &BookingService::Accept);
  ASSERT_TRUE(accepted.ok()) << accepted.status();
  EXPECT_EQ(accepted->state(), pb::Booking::STATE_CONFIRMED);
  EXPECT_NE(accepted->etag(), booked->etag());

  pb::GetBookingRequest get;
  get.set_name(booked->name());
  for (const auth::Caller& caller :
       {BookingWorld::Pupil("eleve-1"), BookingWorld::Host(), BookingWorld::Agency("61")}) {
    const auto seen = world.service().Get(*BookingWorld::CallOf(caller), get);
    ASSERT_TRUE(seen.ok()) << caller.subject;
    EXPECT_EQ(seen->state(), pb::Booking::STATE_CONFIRMED);
  }
  // Only the agency looked at what is somebody else's.
  EXPECT_EQ(world.Count("SELECT count(*) FROM foreign_reads"), 1);
}

TEST(BookingServiceTest, ForAllOthersABookingDoesNotExist) {
  BookingWorld world;
  const auto booked = world.Book("eleve-1", world.AddSession(2));
  ASSERT_TRUE(booked.ok());
  pb::GetBookingRequest get;
  get.set_name(booked->name());
  pb::GetBookingRequest unknown;
  unknown.set_name("bookings/" + NewUuid(absl::Now()));
  for (const auth::Caller& caller :
       {BookingWorld::Pupil("eleve-2"), BookingWorld::Host("90000002700012"),
        BookingWorld::Agency("76")}) {
    for (const pb::GetBookingRequest& request : {get, unknown}) {
      const auto seen = world.service().Get(*BookingWorld::CallOf(caller), request);
      EXPECT_EQ(ErrorReasonOf(seen.status()), "RESOURCE_NOT_FOUND") << caller.subject;
    }
    EXPECT_EQ(
        ErrorReasonOf(world.Step(caller, booked->name(), "", &BookingService::Cancel).status()),
        "RESOURCE_NOT_FOUND");
  }
}

TEST(BookingServiceTest, EveryRefusalHasItsOwnReasonAndChangesNothing) {
  BookingWorld world;
  const std::string session = world.AddSession(5);
  const std::string request_id = NewUuid(absl::Now());
  const auto booked = world.Book("eleve-1", session, request_id);
  ASSERT_TRUE(booked.ok());
  const std::string full = world.AddSession(1, absl::Hours(100));
  ASSERT_TRUE(world.Book("eleve-2", full).ok());
  const std::string past = world.AddSession(5, -absl::Hours(1));
  const std::string overlapping = world.AddSession(5, absl::Hours(49));
  const std::string closed = world.AddSession(5, absl::Hours(200));
  world.Close(closed);
  const std::string unknown =
      absl::StrCat("offers/", NewUuid(absl::Now()), "/sessions/", NewUuid(absl::Now()));
  // The right session under another offer's name is unknown too.
  const std::string misnamed =
      absl::StrCat("offers/", NewUuid(absl::Now()), "/sessions/", *ParseSessionName(session));
  const struct {
    const char* reason;
    absl::StatusCode code;
    std::string session;
    std::string request_id;
  } kCases[] = {
      {"ALREADY_BOOKED", absl::StatusCode::kAlreadyExists, session, NewUuid(absl::Now())},
      {"SESSION_FULL", absl::StatusCode::kFailedPrecondition, full, NewUuid(absl::Now())},
      {"SESSION_PAST", absl::StatusCode::kFailedPrecondition, past, NewUuid(absl::Now())},
      {"SESSION_CLOSED", absl::StatusCode::kFailedPrecondition, closed, NewUuid(absl::Now())},
      {"BOOKING_OVERLAP", absl::StatusCode::kFailedPrecondition, overlapping, NewUuid(absl::Now())},
      {"RESOURCE_NOT_FOUND", absl::StatusCode::kNotFound, unknown, NewUuid(absl::Now())},
      {"RESOURCE_NOT_FOUND", absl::StatusCode::kNotFound, misnamed, NewUuid(absl::Now())},
      {"REQUEST_ID_REUSED", absl::StatusCode::kFailedPrecondition, full, request_id},
  };
  const int64_t events = world.Count("SELECT count(*) FROM outbox");
  for (const auto& c : kCases) {
    const auto answer = world.Book("eleve-1", c.session, c.request_id);
    EXPECT_EQ(ErrorReasonOf(answer.status()), c.reason);
    EXPECT_EQ(answer.status().code(), c.code) << c.reason;
  }
  EXPECT_EQ(world.Count("SELECT count(*) FROM outbox"), events);
  EXPECT_EQ(world.Count("SELECT count(*) FROM bookings"), 2);
  world.ExpectSoundLedger();
}

TEST(BookingServiceTest, AStepOnAnOldEtagOrInAWrongStateIsRefused) {
  BookingWorld world;
  const auto booked = world.Book("eleve-1", world.AddSession(2));
  ASSERT_TRUE(booked.ok());
  const auth::Caller host = BookingWorld::Host();
  EXPECT_EQ(ErrorReasonOf(world.Step(host, booked->name(), "v7", &BookingService::Accept).status()),
            "ETAG_MISMATCH");
  EXPECT_EQ(
      ErrorReasonOf(world.Step(host, booked->name(), "nonsense", &BookingService::Accept).status()),
      "ETAG_MISMATCH");
  ASSERT_TRUE(world.Step(host, booked->name(), booked->etag(), &BookingService::Decline).ok());
  EXPECT_EQ(ErrorReasonOf(world.Step(host, booked->name(), "", &BookingService::Accept).status()),
            "STATE_CONFLICT");
  EXPECT_EQ(world.Count("SELECT held FROM sessions"), 0);
}

TEST(BookingServiceTest, AReplayedStepReturnsTheFirstAnswerAlsoAfterMoreHappened) {
  BookingWorld world;
  const auto booked = world.Book("eleve-1", world.AddSession(2));
  ASSERT_TRUE(booked.ok());
  const std::string request_id = NewUuid(absl::Now());
  const auth::Caller host = BookingWorld::Host();
  const auto first =
      world.Step(host, booked->name(), booked->etag(), &BookingService::Accept, request_id);
  ASSERT_TRUE(first.ok());
  ASSERT_TRUE(
      world.Step(BookingWorld::Pupil("eleve-1"), booked->name(), "", &BookingService::Cancel).ok());
  const auto again =
      world.Step(host, booked->name(), booked->etag(), &BookingService::Accept, request_id);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
}

TEST(BookingServiceTest, ARequestIsTheSameHoweverItsUuidsAreSpelt) {
  BookingWorld world;
  const std::string session = world.AddSession(2);
  const std::string request_id = NewUuid(absl::Now());
  const auto booked = world.Book("eleve-1", session, request_id);
  ASSERT_TRUE(booked.ok()) << booked.status();
  std::string upper = absl::AsciiStrToUpper(session);
  absl::StrReplaceAll({{"OFFERS", "offers"}, {"SESSIONS", "sessions"}}, &upper);
  const auto again = world.Book("eleve-1", upper, absl::AsciiStrToUpper(request_id));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), booked->SerializeAsString());
}

TEST(BookingServiceTest, AListShowsEveryBookingOnceNewestFirstPageByPage) {
  BookingWorld world;
  std::vector<std::string> names;
  for (int i = 0; i < 7; ++i) {
    const auto booked = world.Book("eleve-1", world.AddSession(2, absl::Hours(24 + 3 * i)));
    ASSERT_TRUE(booked.ok()) << booked.status();
    names.insert(names.begin(), booked->name());
  }
  ASSERT_TRUE(world.Book("eleve-2", world.AddSession(2)).ok());
  const auto call = BookingWorld::CallOf(BookingWorld::Pupil("eleve-1"));
  pb::ListBookingsRequest request;
  request.set_page_size(3);
  std::vector<std::string> listed;
  std::string foreign_token;
  do {
    const auto page = world.service().List(*call, request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const pb::Booking& booking : page->bookings()) listed.push_back(booking.name());
    request.set_page_token(page->next_page_token());
    if (foreign_token.empty()) foreign_token = page->next_page_token();
  } while (!request.page_token().empty());
  EXPECT_EQ(listed, names);
  // Another person's token is worth nothing.
  request.set_page_token(foreign_token);
  EXPECT_EQ(ErrorReasonOf(world.service()
                              .List(*BookingWorld::CallOf(BookingWorld::Pupil("eleve-2")), request)
                              .status()),
            "PAGE_TOKEN_INVALID");
}

TEST(BookingServiceTest, AllWrongFieldsAreNamedAtOnce) {
  pb::CancelBookingRequest request;
  request.set_name("reservations/1");
  request.set_etag(std::string(65, 'x'));
  request.set_request_id("1");
  request.set_reason(absl::StrCat(std::string(501, 'x'), "\x01"));
  Violations violations;
  ValidateCancel(request, violations);
  std::vector<std::string> fields;
  const absl::Status status = violations.ToStatus();
  const auto details = GetErrorDetails(status);
  ASSERT_TRUE(details.has_value());
  for (const FieldViolation& violation : details->fields) fields.push_back(violation.field);
  EXPECT_THAT(fields, ::testing::ElementsAre("name", "etag", "request_id", "reason", "reason"));
}

TEST(BookingServiceTest, ASessionThatConfirmsAtOnceNeedsNoHost) {
  BookingWorld world;
  const auto booked = world.Book("eleve-1", world.AddSession(2, absl::Hours(24), true));
  ASSERT_TRUE(booked.ok());
  EXPECT_EQ(booked->state(), pb::Booking::STATE_CONFIRMED);
}

}  // namespace
}  // namespace dm::booking
