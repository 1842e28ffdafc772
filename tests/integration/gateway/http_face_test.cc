#include "services/gateway/http/content_coding.h"
#include "tests/integration/gateway/fake_suite.h"
#include "tests/integration/gateway/socket_client.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace dm::gateway {
namespace {

using nlohmann::json;

json Detail(const json& body, const std::string& name) {
  for (const json& detail : body["error"]["details"]) {
    if (detail["@type"] == "type.googleapis.com/google.rpc." + name) return detail;
  }
  return nullptr;
}

class HttpFace : public testing::Test {
 protected:
  FakeSuite suite_;
  RunningGateway gateway_{suite_};
  SocketClient client_{gateway_.http_port()};
};

TEST_F(HttpFace, AnswersASearch) {
  const auto answer = client_.Ask("GET", "/v1/offers:search?query=coton&professions=H2405");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const json body = json::parse(answer.body);
  EXPECT_EQ(body["offers"][0]["title"], "coton1");
  EXPECT_EQ(body["totalSize"], 1);
  EXPECT_EQ(answer.Header("cache-control"), "public, max-age=1");
}

TEST_F(HttpFace, CarriesTheTokenTheRequestIdAndTheEtag) {
  const auto answer = client_.Ask("POST", "/v1/bookings/7:accept",
                                  "Authorization: Bearer good\r\nIdempotency-Key: k1\r\n", "{}");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(json::parse(answer.body)["state"], "STATE_CONFIRMED");
  EXPECT_EQ(answer.Header("etag"), "\"k1\"");
  EXPECT_EQ(answer.Header("cache-control"), "no-store");
  const auto stale = client_.Ask("POST", "/v1/bookings/7:accept",
                                 "Authorization: Bearer good\r\nIf-Match: \"old\"\r\n");
  EXPECT_EQ(stale.status, 412);
  EXPECT_EQ(Detail(json::parse(stale.body), "ErrorInfo")["reason"], "ETAG_MISMATCH");
}

TEST_F(HttpFace, ShowsWhoMayNot) {
  EXPECT_EQ(client_.Ask("POST", "/v1/bookings/7:accept", "", "{}").status, 401);
  EXPECT_EQ(client_.Ask("GET", "/v1/companies/1", "Authorization: Bearer bad\r\n").status, 401);
  EXPECT_EQ(client_.Ask("GET", "/v1/offers/1", "Authorization: Bearer bad\r\n").status, 401);
}

TEST_F(HttpFace, CarriesTheTrace) {
  const std::string trace = "0af7651916cd43dd8448eb211c80319c";
  const auto answer = client_.Ask("GET", "/v1/companies/1",
                                  "traceparent: 00-" + trace + "-b7ad6b7169203331-01\r\n");
  EXPECT_EQ(suite_.last_traceparent().substr(3, 32), trace);
  EXPECT_EQ(answer.Header("traceparent").substr(3, 32), trace);
}

TEST_F(HttpFace, ShowsErrorsWithTheirDetails) {
  const auto unknown = client_.Ask("GET", "/v1/companies/0");
  EXPECT_EQ(unknown.status, 404);
  const json body = json::parse(unknown.body);
  EXPECT_EQ(body["error"]["status"], "NOT_FOUND");
  EXPECT_EQ(Detail(body, "ErrorInfo")["reason"], "RESOURCE_NOT_FOUND");
  suite_.companies_fail = true;
  const auto busy = client_.Ask("GET", "/v1/companies/1");
  EXPECT_EQ(busy.status, 429);
  EXPECT_EQ(busy.Header("retry-after"), "2");
}

TEST_F(HttpFace, PutsTheLanguageOfTheCallerFirst) {
  const auto answer = client_.Ask("GET", "/v1/companies/0", "Accept-Language: en\r\n");
  EXPECT_EQ(Detail(json::parse(answer.body), "LocalizedMessage")["locale"], "en");
}

TEST_F(HttpFace, RefusesWhatItDoesNotHave) {
  EXPECT_EQ(client_.Ask("GET", "/v1/nothing").status, 404);
  const auto wrong = client_.Ask("DELETE", "/v1/companies/1");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.Header("allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(client_.Ask("TRACE", "/v1/companies/1").status, 405);
  EXPECT_EQ(client_.Ask("POST", "/v1/bookings", "", "{nonsense").status, 400);
  const auto big = client_.Ask("POST", "/v1/bookings", "", std::string((1 << 20) + 1, ' '));
  EXPECT_EQ(big.status, 413);
  EXPECT_EQ(json::parse(big.body)["error"]["code"], 413);
}

TEST_F(HttpFace, TellsOfAServiceThatIsGone) {
  suite_.Stop();
  const auto answer = client_.Ask("GET", "/v1/companies/1");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(Detail(json::parse(answer.body), "ErrorInfo")["reason"], "BACKEND_UNAVAILABLE");
  EXPECT_EQ(client_.Ask("GET", "/v1/offers/1").status, 503);
}

TEST_F(HttpFace, ComposesThePageOfAnOffer) {
  const auto answer = client_.Ask("GET", "/v1/offers/1");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const json page = json::parse(answer.body);
  EXPECT_EQ(page["company"]["displayName"], "Groupe Lemoine");
  EXPECT_EQ(page["profession"]["name"], "professions/H2405");
  EXPECT_EQ(page["ambassadors"][0]["company"], "00061001400011");
  EXPECT_EQ(page["missing"], json::array());
}

TEST_F(HttpFace, NamesTheSideDishesThatFailed) {
  suite_.companies_fail = true;
  suite_.ambassadors_fail = true;
  const json page = json::parse(client_.Ask("GET", "/v1/offers/1").body);
  EXPECT_EQ(page["offer"]["name"], "offers/1");
  EXPECT_EQ(page["missing"], json::array({"ambassadors", "company"}));
}

TEST_F(HttpFace, FailsWithTheMainDish) {
  EXPECT_EQ(client_.Ask("GET", "/v1/offers/2").status, 404);
  EXPECT_EQ(client_.Ask("GET", "/v1/professions/X0000:overview").status, 404);
}

TEST_F(HttpFace, ComposesTheOverviewOfAProfession) {
  const auto answer = client_.Ask("GET", "/v1/professions/H2405:overview?departments=61");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const json page = json::parse(answer.body);
  EXPECT_EQ(page["profession"]["name"], "professions/H2405");
  EXPECT_EQ(page["offers"][0]["title"], "1");
  EXPECT_EQ(page["ambassadors"][0]["displayName"], "Jeanne Lemoine");
  EXPECT_EQ(page["companies"][0]["displayName"], "H2405 by name within 0 km");
  EXPECT_EQ(page["missing"], json::array());
}

TEST_F(HttpFace, LooksForWhatShowsAProfessionAroundAPoint) {
  const auto answer =
      client_.Ask("GET", "/v1/professions/H2405:overview?lat=48.75&lon=-0.56&radius_km=20");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(json::parse(answer.body)["companies"][0]["displayName"],
            "H2405 by distance within 20 km");
}

TEST_F(HttpFace, RefusesAnOverviewAroundHalfAPoint) {
  const auto answer = client_.Ask("GET", "/v1/professions/H2405:overview?lat=48.75");
  EXPECT_EQ(answer.status, 400) << answer.body;
  // What is wrong with the profession comes first.
  EXPECT_EQ(client_.Ask("GET", "/v1/professions/X0000:overview?lat=48.75").status, 404);
}

TEST_F(HttpFace, GivesAnOverviewOfWhatThereIs) {
  suite_.searches_fail = true;
  suite_.ambassadors_fail = true;
  const auto answer = client_.Ask("GET", "/v1/professions/H2405:overview");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const json page = json::parse(answer.body);
  EXPECT_EQ(page["profession"]["name"], "professions/H2405");
  EXPECT_EQ(page["missing"], json::array({"ambassadors", "companies", "offers"}));
}

TEST_F(HttpFace, SaysNothingAnewToWhoHasIt) {
  const auto first = client_.Ask("GET", "/v1/companies/1");
  const std::string tag = first.Header("etag");
  const auto again =
      client_.Ask("GET", "/v1/companies/1", absl::StrCat("If-None-Match: ", tag, "\r\n"));
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.Header("etag"), tag);
  EXPECT_EQ(again.Header("content-length"), "");
  // The connection is still in step.
  EXPECT_EQ(client_.Ask("GET", "/v1/companies/1").status, 200);
}

TEST_F(HttpFace, SendsAsGzipWhatIsLong) {
  const std::string words(2000, 'x');
  const auto answer =
      client_.Ask("GET", "/v1/offers:search?query=" + words, "Accept-Encoding: gzip\r\n");
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Header("content-encoding"), "gzip");
  const auto body = Gunzip(answer.body, 100'000);
  ASSERT_TRUE(body.ok()) << body.status();
  EXPECT_EQ(json::parse(*body)["offers"][0]["title"], words + "0");
}

TEST_F(HttpFace, TakesABodyAsGzip) {
  const auto answer = client_.Ask("POST", "/v1/bookings/7:accept",
                                  "Authorization: Bearer good\r\nContent-Encoding: gzip\r\n",
                                  Gzip(R"({"requestId": "r"})"));
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.Header("etag"), "\"r\"");
}

TEST_F(HttpFace, SaysWhatAPathTakes) {
  const auto answer = client_.Ask("OPTIONS", "/v1/companies/1");
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.Header("allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(answer.Header("content-length"), "");
  EXPECT_EQ(client_.Ask("OPTIONS", "*").status, 204);
}

TEST_F(HttpFace, AnswersMethodsByTheirOwnNames) {
  const std::string path = "/destinationmetier.catalogue.v1.CatalogueService/GetCompany";
  const std::string json_type = "Content-Type: application/json\r\n";
  const auto found = client_.Ask("POST", path, json_type, R"({"name": "companies/1"})");
  ASSERT_EQ(found.status, 200) << found.body;
  EXPECT_EQ(json::parse(found.body)["displayName"], "Groupe Lemoine");
  const auto unknown = client_.Ask("POST", path, json_type, R"({"name": "companies/0"})");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(json::parse(unknown.body)["code"], "not_found");
  const auto web = client_.Ask("POST", path, "Content-Type: application/grpc-web\r\n",
                               std::string("\0\0\0\0\x0d\x0a\x0b", 7) + "companies/0");
  EXPECT_EQ(web.status, 200);
  EXPECT_NE(web.body.find("grpc-status: 5\r\n"), std::string::npos);
  const auto feed = client_.Ask("POST", "/destinationmetier.event.v1.EventFeedService/Subscribe",
                                json_type, "{}");
  EXPECT_EQ(feed.status, 501);
}

TEST_F(HttpFace, ShowsItsDocumentation) {
  const auto page = client_.Ask("GET", "/docs");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.Header("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(client_.Ask("GET", "/nothing").status, 404);
}

TEST_F(HttpFace, DescribesItself) {
  const auto answer = client_.Ask("GET", "/openapi.json");
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(json::parse(answer.body)["openapi"], "3.1.0");
}

}  // namespace
}  // namespace dm::gateway
