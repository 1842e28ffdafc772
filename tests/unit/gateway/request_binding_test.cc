#include "services/gateway/http/request_binding.h"

#include "destinationmetier/ambassador/v1/ambassador_service.pb.h"
#include "destinationmetier/booking/v1/agreement_service.pb.h"
#include "destinationmetier/booking/v1/booking_service.pb.h"
#include "destinationmetier/catalogue/v1/catalogue_service.pb.h"
#include "destinationmetier/notification/v1/contact_service.pb.h"
#include "tests/unit/gateway/public_routes.h"

#include <gmock/gmock.h>
#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace dm::gateway {
namespace {

namespace ambassador = destinationmetier::ambassador::v1;
namespace booking = destinationmetier::booking::v1;
namespace catalogue = destinationmetier::catalogue::v1;
namespace notification = destinationmetier::notification::v1;
namespace type = destinationmetier::type::v1;
using testing::ElementsAre;
using testing::IsEmpty;

absl::Status Bind(const std::string& method, const std::string& path, const std::string& query,
                  HttpRequest http, google::protobuf::Message* message) {
  static const RoutingTable routes = PublicRoutes();
  const auto found = routes.Find(method, *RequestPath::Parse(path));
  http.target = path + "?" + query;
  return BindRequest(*found.route, found.variables, http, message);
}

std::vector<std::string> WrongFields(const absl::Status& status) {
  std::vector<std::string> names;
  const auto details = GetErrorDetails(status);
  if (!details.has_value()) return names;
  for (const FieldViolation& violation : details->fields) names.push_back(violation.field);
  return names;
}

TEST(BindQuery, ReadsEveryKindOfFieldInBothSpellings) {
  catalogue::SearchOffersRequest request;
  const absl::Status status =
      Bind("GET", "/v1/offers:search",
           "query=boulang%C3%A8re+bio&departments=61&departments=14&radius_km=12.5&lat=48&lon=-0.5"
           "&availableOnly=true&accessible_only=false&pageSize=7&audiences=LYCEE"
           "&audiences=AUDIENCE_ADULT&order_by=&from=2026-12-01",
           {}, &request);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(request.query(), "boulangère bio");
  EXPECT_THAT(request.departments(), ElementsAre("61", "14"));
  EXPECT_DOUBLE_EQ(request.radius_km(), 12.5);
  EXPECT_TRUE(request.available_only());
  EXPECT_EQ(request.page_size(), 7);
  EXPECT_THAT(request.audiences(), ElementsAre(type::AUDIENCE_LYCEE, type::AUDIENCE_ADULT));
  EXPECT_EQ(request.order_by(), "");
}

TEST(BindQuery, TakesEnumsWithOrWithoutPrefix) {
  for (const char* value : {"PHONE", "MEETING_FORMAT_PHONE", "2"}) {
    ambassador::SearchAmbassadorsRequest request;
    ASSERT_TRUE(
        Bind("GET", "/v1/ambassadors:search", std::string("formats=") + value, {}, &request).ok());
    EXPECT_THAT(request.formats(), ElementsAre(type::MEETING_FORMAT_PHONE)) << value;
  }
}

struct WrongQuery {
  const char* query;
  std::vector<std::string> fields;
};

class BindQueryRefuses : public testing::TestWithParam<WrongQuery> {};

TEST_P(BindQueryRefuses, NamingEveryWrongField) {
  ambassador::SearchAmbassadorsRequest request;
  const absl::Status status = Bind("GET", "/v1/ambassadors:search", GetParam().query, {}, &request);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(WrongFields(status), GetParam().fields);
}

INSTANTIATE_TEST_SUITE_P(
    All, BindQueryRefuses,
    testing::Values(WrongQuery{"formats=FAX", {"formats"}},
                    WrongQuery{"pageSize=many", {"page_size"}},
                    WrongQuery{"lat=nan&lon=inf&radiusKm=x", {"lat", "lon", "radius_km"}},
                    WrongQuery{"page_size=1&pageSize=2", {"page_size"}},
                    WrongQuery{"departements=61", {"departements"}},
                    WrongQuery{"departements=", {"departements"}},
                    WrongQuery{"query=%zz", {"query"}}, WrongQuery{"%zz=1", {"query"}},
                    WrongQuery{"query.x=1", {"query.x"}},
                    WrongQuery{"page_size=99999999999", {"page_size"}},
                    WrongQuery{"page_size=1.5", {"page_size"}},
                    WrongQuery{"formats=99&lat=1e999", {"formats", "lat"}},
                    WrongQuery{"query=%00", {"query"}}, WrongQuery{"query=%C0%AF", {"query"}},
                    WrongQuery{"query=a&departements=61&lieu=Flers&query=b",
                               {"departements", "lieu", "query"}}));

TEST(BindQuery, ReadsTimesAndMasks) {
  booking::ListBookingsRequest listed;
  ASSERT_TRUE(Bind("GET", "/v1/bookings", "from=2027-02-01T09:00:00Z&states=CONFIRMED&states=4", {},
                   &listed)
                  .ok());
  EXPECT_EQ(listed.from().seconds(), 1801472400);
  EXPECT_THAT(listed.states(),
              ElementsAre(booking::Booking::STATE_CONFIRMED, booking::Booking::STATE_PENDING_HOST));
  booking::ListBookingsRequest inside;
  EXPECT_THAT(WrongFields(Bind("GET", "/v1/bookings", "from.seconds=1", {}, &inside)),
              ElementsAre("from.seconds"));
  booking::ListBookingsRequest wrong;
  EXPECT_THAT(
      WrongFields(Bind("GET", "/v1/bookings", "from=hier&to=2027-02-30T09:00:00Z", {}, &wrong)),
      ElementsAre("from", "to"));
  for (const char* mask : {"tutorName,text.title", "tutor_name,text.title"}) {
    booking::UpdateAgreementRequest update;
    ASSERT_TRUE(Bind("PATCH", "/v1/bookings/7/agreement", std::string("updateMask=") + mask,
                     {.body = "{}"}, &update)
                    .ok());
    EXPECT_THAT(update.update_mask().paths(), ElementsAre("tutor_name", "text.title")) << mask;
  }
}

TEST(BindText, ReadsWhatAWrapperHolds) {
  Violations violations;
  google::protobuf::Int32Value number;
  BindText("value", "7", &number, &violations);
  EXPECT_EQ(number.value(), 7);
  EXPECT_TRUE(violations.empty());
}

TEST(BindQuery, CannotChangeWhatThePathSays) {
  ambassador::ListSessionsRequest request;
  const absl::Status status =
      Bind("GET", "/v1/ambassadors/7/sessions", "parent=ambassadors/8&to=2026-12-31", {}, &request);
  EXPECT_THAT(WrongFields(status), ElementsAre("parent"));
  EXPECT_EQ(request.parent(), "ambassadors/7");
  EXPECT_EQ(request.to(), "2026-12-31");
}

TEST(BindBody, FillsTheMessageAndThePathWins) {
  booking::CancelBookingRequest request;
  ASSERT_TRUE(Bind("POST", "/v1/bookings/7:cancel", "",
                   {.body = R"({"name": "bookings/8", "requestId": "r", "reason": "grippe"})"},
                   &request)
                  .ok());
  EXPECT_EQ(request.name(), "bookings/7");
  EXPECT_EQ(request.request_id(), "r");
}

TEST(BindBody, FillsOneFieldWhereTheRuleSaysSo) {
  notification::UpdateContactRequest request;
  ASSERT_TRUE(Bind("PATCH", "/v1/people/me/contact", "request_id=r",
                   {.body = R"({"display_name": "Zoé", "email": "zoe@demo.example"})"}, &request)
                  .ok());
  EXPECT_EQ(request.contact().name(), "people/me/contact");
  EXPECT_EQ(request.contact().display_name(), "Zoé");
  EXPECT_EQ(request.request_id(), "r");
}

TEST(BindBody, NamesWhatIsWrongWithoutQuotingALibrary) {
  struct Case {
    const char* body;
    const char* field;
  };
  for (const Case& wrong :
       {Case{"{", "body"}, Case{"[]", "body"}, Case{R"({"sesion": "x"})", "sesion"},
        Case{R"({"session": {"a": 1}})", "session"}, Case{R"({"session": ["a"]})", "session"},
        Case{R"({"requestId": {}})", "request_id"}, Case{"\xff", "body"}}) {
    booking::CreateBookingRequest request;
    const absl::Status status = Bind("POST", "/v1/bookings", "", {.body = wrong.body}, &request);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(WrongFields(status), ElementsAre(wrong.field)) << wrong.body;
  }
}

TEST(BindBody, NamesWhatIsWrongEverywhereAtOnce) {
  notification::UpdateContactRequest request;
  EXPECT_THAT(WrongFields(Bind("PATCH", "/v1/people/me/contact", "requestId=a&x=1",
                               {.headers = {{"idempotency-key", "b"}},
                                .body = R"({"nickname": "Zoé", "email": "\u0000"})"},
                               &request)),
              ElementsAre("contact.nickname", "contact.email", "x", "request_id"));
}

TEST(BindBody, IsRefusedWhereTheMethodTakesNone) {
  catalogue::GetCompanyRequest request;
  EXPECT_THAT(WrongFields(Bind("GET", "/v1/companies/1", "", {.body = "{}"}, &request)),
              ElementsAre("body"));
}

TEST(BindBody, TakesNoQueryBesideAWholeBody) {
  booking::CreateBookingRequest request;
  EXPECT_THAT(WrongFields(Bind("POST", "/v1/bookings", "session=x", {.body = "{}"}, &request)),
              ElementsAre("session"));
}

TEST(BindHeaders, CarryRequestIdAndEtag) {
  booking::AcceptBookingRequest request;
  ASSERT_TRUE(Bind("POST", "/v1/bookings/7:accept", "",
                   {.headers = {{"idempotency-key", "k"}, {"if-match", "W/\"e1\""}}}, &request)
                  .ok());
  EXPECT_EQ(request.request_id(), "k");
  EXPECT_EQ(request.etag(), "e1");
  notification::UpdateContactRequest contact;
  ASSERT_TRUE(Bind("PATCH", "/v1/people/me/contact", "",
                   {.headers = {{"if-match", "\"e2\""}}, .body = "{}"}, &contact)
                  .ok());
  EXPECT_EQ(contact.contact().etag(), "e2");
}

TEST(BindHeaders, MayNotContradictTheBody) {
  booking::AcceptBookingRequest request;
  const absl::Status status =
      Bind("POST", "/v1/bookings/7:accept", "",
           {.headers = {{"idempotency-key", "k"}}, .body = R"({"requestId": "other"})"}, &request);
  EXPECT_THAT(WrongFields(status), ElementsAre("request_id"));
}

TEST(BindHeaders, TakeTheSameValueTwice) {
  booking::AcceptBookingRequest request;
  EXPECT_TRUE(Bind("POST", "/v1/bookings/7:accept", "",
                   {.headers = {{"idempotency-key", "\"k\""}, {"if-match", "*"}},
                    .body = R"({"requestId": "k"})"},
                   &request)
                  .ok());
  EXPECT_EQ(request.request_id(), "k");
  EXPECT_EQ(request.etag(), "");
}

TEST(BindHeaders, HoldOneValueThatCanTravel) {
  for (const HttpHeaders& headers :
       {HttpHeaders{{"if-match", "\"a\", \"b\""}}, HttpHeaders{{"if-match", "\"é\""}},
        HttpHeaders{{"if-match", "\"a\""}, {"if-match", "\"a\""}}}) {
    booking::AcceptBookingRequest request;
    EXPECT_THAT(
        WrongFields(Bind("POST", "/v1/bookings/7:accept", "", {.headers = headers}, &request)),
        ElementsAre("If-Match"));
  }
  booking::AcceptBookingRequest request;
  EXPECT_THAT(WrongFields(Bind("POST", "/v1/bookings/7:accept", "",
                               {.headers = {{"idempotency-key", "a"}, {"idempotency-key", "b"}}},
                               &request)),
              ElementsAre("Idempotency-Key"));
}

TEST(BindHeaders, AConditionThatNobodyChecksIsRefused) {
  booking::CreateBookingRequest request;
  EXPECT_THAT(
      WrongFields(Bind("POST", "/v1/bookings", "", {.headers = {{"if-match", "\"a\""}}}, &request)),
      ElementsAre("If-Match"));
}

TEST(BindHeaders, AreIgnoredWhereTheMessageHasNoSuchField) {
  catalogue::GetCompanyRequest request;
  EXPECT_TRUE(Bind("GET", "/v1/companies/1", "",
                   {.headers = {{"idempotency-key", "k"}, {"if-match", "\"e\""}}}, &request)
                  .ok());
}

}  // namespace
}  // namespace dm::gateway
