#include "services/gateway/http/transcoder.h"

#include "common/errors/error.h"
#include "destinationmetier/booking/v1/agreement_service.pb.h"
#include "destinationmetier/booking/v1/booking_service.pb.h"
#include "destinationmetier/catalogue/v1/catalogue_service.pb.h"
#include "destinationmetier/gateway/v1/rights_service.pb.h"
#include "services/gateway/api/message_bytes.h"
#include "services/gateway/api/peer_status.h"
#include "tests/unit/gateway/fake_backend.h"
#include "tests/unit/gateway/public_routes.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <utility>

namespace dm::gateway {
namespace {

namespace booking = destinationmetier::booking::v1;
namespace catalogue = destinationmetier::catalogue::v1;
using nlohmann::json;

class TranscoderTest : public testing::Test {
 protected:
  TranscoderTest() { backend_.answer.message = ToBytes(catalogue::Sector()); }

  HttpResponse Ask(HttpRequest request) {
    std::optional<HttpResponse> answer;
    transcoder_.Handle(std::move(request),
                       [&](HttpResponse response) { answer = std::move(response); });
    return answer.value_or(HttpResponse{.status = 0});
  }
  HttpResponse Get(const std::string& target, HttpHeaders headers = {}) {
    return Ask({.method = "GET", .target = target, .headers = std::move(headers), .body = ""});
  }

  FakeBackend backend_;
  FixedClock clock_;
  Transcoder transcoder_{PublicRoutes(&backend_), &clock_};
};

TEST_F(TranscoderTest, AnswersInCamelCaseWithDefaults) {
  catalogue::SearchCompaniesResponse found;
  found.set_total_size(1);
  found.add_companies()->set_display_name("Groupe Lemoine");
  backend_.answer.message = ToBytes(found);
  const HttpResponse response = Get("/v1/companies:search?departments=61");
  ASSERT_EQ(response.status, 200);
  const json body = json::parse(response.body);
  EXPECT_EQ(body["totalSize"], 1);
  EXPECT_EQ(body["nextPageToken"], "");
  EXPECT_EQ(body["companies"][0]["displayName"], "Groupe Lemoine");
  EXPECT_EQ(body["companies"][0]["offerCount"], 0);
  EXPECT_EQ(backend_.last_method,
            "/destinationmetier.catalogue.v1.CatalogueService/SearchCompanies");
}

TEST_F(TranscoderTest, PassesOnWhoCallsAndHowLongTheyWait) {
  Get("/v1/sectors", {{"authorization", "Bearer abc"},
                      {"accept-language", "en-GB"},
                      {"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}});
  EXPECT_EQ(backend_.last_call.authorization, "Bearer abc");
  EXPECT_EQ(backend_.last_call.accept_language, "en-GB");
  EXPECT_EQ(backend_.last_call.traceparent.substr(3, 32), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(backend_.last_call.deadline, clock_.Now() + absl::Seconds(5))
      << "as the method table says";
}

TEST_F(TranscoderTest, LetsOnlyAnonymousAnswersBeCached) {
  EXPECT_EQ(Get("/v1/sectors").Header("cache-control"), "public, max-age=1");
  EXPECT_EQ(Get("/v1/sectors", {{"authorization", "Bearer x"}}).Header("cache-control"),
            "no-store");
  EXPECT_EQ(Get("/v1/nothing").Header("cache-control"), "no-store");
}

TEST_F(TranscoderTest, TellsTheEtag) {
  booking::Booking booked;
  booked.set_etag("e1");
  backend_.answer.message = ToBytes(booked);
  EXPECT_EQ(Get("/v1/bookings/7").Header("etag"), "\"e1\"");
}

TEST_F(TranscoderTest, AnswersAFileAsItIs) {
  booking::AgreementDocument paper;
  paper.set_content(std::string("%PDF-1.5\n\0\xff", 11));
  paper.set_content_type("application/pdf");
  backend_.answer.message = ToBytes(paper);
  const HttpResponse response =
      Get("/v1/bookings/7/agreement/document", {{"authorization", "Bearer x"}});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, paper.content());
  EXPECT_EQ(response.Header("content-type"), "application/pdf");
  EXPECT_EQ(response.Header("content-disposition"), "attachment; filename=\"document.pdf\"");
  EXPECT_EQ(response.Header("x-content-type-options"), "nosniff");
  EXPECT_EQ(response.Header("cache-control"), "no-store");
  // By a link too, whose token goes into the body.
  const HttpResponse by_link = Ask({.method = "POST",
                                    .target = "/v1/signatures:document",
                                    .headers = {},
                                    .body = R"({"token": "AAAAAAAAAAAAAAAAAAAAAA"})"});
  EXPECT_EQ(by_link.body, paper.content());
  EXPECT_EQ(by_link.Header("cache-control"), "no-store");
}

TEST_F(TranscoderTest, SendsNoFileOfATypeThatCannotTravel) {
  booking::AgreementDocument paper;
  paper.set_content("x");
  for (const char* type : {"", "text/html\r\nSet-Cookie: a=b"}) {
    paper.set_content_type(type);
    backend_.answer.message = ToBytes(paper);
    EXPECT_EQ(Get("/v1/bookings/7/agreement/document").status, 500) << type;
  }
}

TEST_F(TranscoderTest, SendsNoFileWhoseNameWouldSayMoreThanAName) {
  destinationmetier::gateway::v1::PersonalDataArchive archive;
  archive.set_content_type("application/zip");
  for (const auto& [name, status] :
       {std::pair{"mes-donnees.zip", 200}, std::pair{"", 500}, std::pair{"a\"; x=\"b", 500},
        std::pair{"a\\", 500}, std::pair{"a\r\nSet-Cookie: a=b", 500}}) {
    archive.set_file_name(name);
    backend_.answer.message = ToBytes(archive);
    EXPECT_EQ(Get("/v1/people/me:export").status, status) << name;
  }
}

TEST_F(TranscoderTest, AnErrorInsteadOfAFileIsJson) {
  backend_.answer.status = Presentable(NotFoundError("bookings/7/agreement"), "fr");
  const HttpResponse response = Get("/v1/bookings/7/agreement/document");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(json::parse(response.body)["error"]["status"], "NOT_FOUND");
}

TEST_F(TranscoderTest, RefusesUnknownPathsAndWrongMethods) {
  EXPECT_EQ(Get("/v1/unknown").status, 404);
  EXPECT_EQ(Get("/").status, 404);
  EXPECT_EQ(Get("/v1/offers/%zz").status, 400);
  EXPECT_EQ(Get("/v1/offers/a%2Fb").status, 400);
  EXPECT_EQ(Get("/v1/offers:search?lat=x").status, 400);
  const HttpResponse wrong =
      Ask({.method = "DELETE", .target = "/v1/bookings", .headers = {}, .body = ""});
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.Header("allow"), "GET, HEAD, OPTIONS, POST");
}

TEST_F(TranscoderTest, SaysWhatAPathTakes) {
  const HttpResponse said =
      Ask({.method = "OPTIONS", .target = "/v1/bookings/7:cancel", .headers = {}, .body = ""});
  EXPECT_EQ(said.status, 204);
  EXPECT_EQ(said.Header("allow"), "OPTIONS, POST");
  EXPECT_EQ(Ask({.method = "OPTIONS", .target = "/v1/unknown", .headers = {}, .body = ""}).status,
            404);
}

struct TypeCase {
  const char* content_type;
  int status;
};

TEST_F(TranscoderTest, TakesNothingButJson) {
  for (const TypeCase& one :
       {TypeCase{"application/json", 200}, TypeCase{"application/json; charset=UTF-8", 200},
        TypeCase{"Application/JSON;charset=\"utf-8\"", 200}, TypeCase{"", 200},
        TypeCase{"application/merge-patch+json", 200},
        TypeCase{"application/x-www-form-urlencoded", 200}, TypeCase{"text/plain", 415},
        TypeCase{"multipart/form-data; boundary=x", 415}, TypeCase{"application/xml", 415},
        TypeCase{"application/json; charset=latin1", 415}, TypeCase{"application/jsonx", 415}}) {
    const HttpResponse response = Ask({.method = "POST",
                                       .target = "/v1/bookings",
                                       .headers = {{"content-type", one.content_type}},
                                       .body = "{}"});
    EXPECT_EQ(response.status, one.status) << one.content_type;
    if (one.status == 415) {
      EXPECT_EQ(response.Header("accept"), "application/json");
    }
  }
  // No body, no type.
  EXPECT_EQ(Get("/v1/sectors", {{"content-type", "text/plain"}}).status, 200);
}

TEST_F(TranscoderTest, AFailedIfMatchIsAFailedPrecondition) {
  backend_.answer.status = Presentable(
      MakeError(absl::StatusCode::kAborted, "stale", {.reason = "ETAG_MISMATCH"}), "fr");
  const auto accept = [&](HttpHeaders headers, const std::string& body) {
    return Ask({.method = "POST",
                .target = "/v1/bookings/7:accept",
                .headers = std::move(headers),
                .body = body});
  };
  const HttpResponse failed = accept({{"if-match", "\"old\""}}, "");
  EXPECT_EQ(failed.status, 412);
  EXPECT_EQ(json::parse(failed.body)["error"]["code"], 412);
  EXPECT_EQ(json::parse(failed.body)["error"]["status"], "ABORTED");
  // Who wrote it into the body gets what AIP-154 says.
  EXPECT_EQ(accept({}, R"({"etag": "old"})").status, 409);
}

TEST_F(TranscoderTest, RefusesATokenThatCannotTravel) {
  EXPECT_EQ(Get("/v1/sectors", {{"authorization", "Bearer \x01"}}).status, 401);
  EXPECT_EQ(Get("/v1/sectors", {{"authorization", "Bearer é"}}).status, 401);
}

TEST_F(TranscoderTest, ShowsTheErrorOfAService) {
  backend_.answer.status = Presentable(NotFoundError("companies/1"), "fr");
  const HttpResponse response = Get("/v1/companies/1");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(json::parse(response.body)["error"]["status"], "NOT_FOUND");
}

TEST_F(TranscoderTest, ShowsAnInternalErrorForBytesThatAreNoAnswer) {
  grpc::Slice slice("\xff\xff\xff");
  backend_.answer.message = grpc::ByteBuffer(&slice, 1);
  EXPECT_EQ(Get("/v1/sectors").status, 500);
}

}  // namespace
}  // namespace dm::gateway
