#include "services/gateway/http/json_body.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "destinationmetier/booking/v1/booking_service.pb.h"
#include "destinationmetier/catalogue/v1/catalogue_service.pb.h"
#include "destinationmetier/catalogue/v1/offer_service.pb.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dm::gateway {
namespace {

namespace booking = destinationmetier::booking::v1;
namespace catalogue = destinationmetier::catalogue::v1;

// The wrong fields in the order of the text, "a, b.c"; empty when all is well.
template <typename Message>
std::string Wrong(const std::string& text, absl::string_view place = "",
                  Message* message = nullptr) {
  Message scratch;
  Violations violations;
  ParseJsonBody(text, place, message == nullptr ? &scratch : message, &violations);
  const auto details = GetErrorDetails(violations.ToStatus());
  if (!details.has_value()) return "";
  std::vector<std::string> names;
  for (const FieldViolation& violation : details->fields) names.push_back(violation.field);
  return absl::StrJoin(names, ", ");
}

TEST(JsonBody, TakesBothSpellingsAndUnicode) {
  booking::CreateBookingRequest request;
  EXPECT_EQ(Wrong(R"({"session": "\u00e9\ud83d\ude00", "requestId": "r", "join_waitlist": true})",
                  "", &request),
            "");
  EXPECT_EQ(request.session(), "é😀");
  EXPECT_EQ(request.request_id(), "r");
  EXPECT_TRUE(request.join_waitlist());
}

TEST(JsonBody, TakesEnumsByNameAndNumber) {
  for (const char* value : {"\"SCHEME_MINI_STAGE_CCI\"", "1"}) {
    booking::CreateBookingRequest request;
    EXPECT_EQ(Wrong(absl::StrCat("{\"scheme\": ", value, "}"), "", &request), "") << value;
    EXPECT_NE(request.scheme(), 0) << value;
  }
}

struct WrongBody {
  const char* text;
  const char* fields;
};

class JsonBodyRefuses : public testing::TestWithParam<WrongBody> {};

TEST_P(JsonBodyRefuses, NamingEveryWrongField) {
  EXPECT_EQ(Wrong<booking::CreateBookingRequest>(GetParam().text), GetParam().fields)
      << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    All, JsonBodyRefuses,
    testing::Values(
        // What is not JSON to the letter.
        WrongBody{"{", "body"}, WrongBody{"[]", "body"}, WrongBody{"\"x\"", "body"},
        WrongBody{"null", "body"}, WrongBody{"{} {}", "body"},
        WrongBody{"{'session': 'x'}", "body"}, WrongBody{"{session: \"x\"}", "body"},
        WrongBody{R"({"session": "x",})", "body"}, WrongBody{"{\"session\": \"\xff\"}", "body"},
        WrongBody{"{\"session\": \"\n\"}", "body"}, WrongBody{R"({"session": "\ud800"})", "body"},
        WrongBody{"\xef\xbb\xbf{", "body"},
        // Fields.
        WrongBody{R"({"sesion": "x", "requestID": "y"})", "sesion, requestID"},
        WrongBody{R"({"session": "a", "session": "b"})", "session"},
        WrongBody{R"({"requestId": "a", "request_id": "b"})", "request_id"},
        WrongBody{R"({"session": "a\u0000b"})", "session"},
        WrongBody{R"({"session": 1.5, "joinWaitlist": "maybe", "scheme": "NONE"})",
                  "session, join_waitlist, scheme"},
        WrongBody{R"({"session": {"a": 1}})", "session"},
        WrongBody{R"({"session": ["a"], "joinWaitlist": {}})", "session, join_waitlist"}));

TEST(JsonBody, NamesFieldsInsideOthers) {
  EXPECT_EQ(Wrong<catalogue::UpdateOfferRequest>(R"({"offer": {"nickname": "x"}, "x": 1})"),
            "offer.nickname, x");
  EXPECT_EQ(Wrong<catalogue::OfferRecord>(R"({"nickname": "x"})", "offer"), "offer.nickname");
  EXPECT_EQ(Wrong<catalogue::OfferRecord>("{", "offer"), "offer");
}

TEST(JsonBody, TakesNoNumberThatIsNone) {
  EXPECT_EQ(Wrong<catalogue::SearchOffersRequest>(
                R"({"lat": "NaN", "lon": "-Infinity", "radiusKm": "1e999"})"),
            "lat, lon, radius_km");
  catalogue::SearchOffersRequest request;
  EXPECT_EQ(Wrong(R"({"lat": "48.5", "lon": -0.5})", "", &request), "");
  EXPECT_DOUBLE_EQ(request.lat(), 48.5);
}

TEST(JsonBody, NamesThePlaceInAList) {
  const std::string text =
      R"({"bookings": [{}, {"name": "x", "etagg": 1}, {"createTime": "now"}]})";
  EXPECT_EQ(Wrong<booking::ListBookingsResponse>(text), "bookings[1].etagg");
  EXPECT_EQ(Wrong<booking::ListBookingsResponse>(
                R"({"bookings": [{}, {"startTime": "x"}, {"createTime": "now"}, 7]})"),
            "bookings[1].start_time, bookings[2].create_time, bookings[3]");
  EXPECT_EQ(Wrong<booking::ListBookingsResponse>(R"({"bookings": {"name": "x"}})"), "bookings");
}

TEST(JsonBody, StopsAtABottom) {
  const auto nested = [](int levels) {
    std::string text = R"({"session": )";
    for (int i = 0; i < levels; ++i) text += "[";
    for (int i = 0; i < levels; ++i) text += "]";
    return text + "}";
  };
  EXPECT_NE(Wrong<booking::CreateBookingRequest>(nested(20)), "");
  EXPECT_NE(Wrong<booking::CreateBookingRequest>(nested(500'000)), "");
}

TEST(JsonBody, NamesNoMoreThanAHundred) {
  std::string text = "{\"a\": 1";
  for (int i = 0; i < 1000; ++i) absl::StrAppend(&text, ", \"a", i, "\": 1");
  const std::vector<std::string> names =
      absl::StrSplit(Wrong<booking::CreateBookingRequest>(text + "}"), ", ");
  EXPECT_EQ(names.size(), 100u);
}

}  // namespace
}  // namespace dm::gateway
