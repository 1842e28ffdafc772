#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "destinationmetier/booking/v1/booking_service.grpc.pb.h"
#include "destinationmetier/catalogue/v1/catalogue_service.grpc.pb.h"
#include "destinationmetier/gateway/v1/gateway_service.grpc.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/integration/gateway/fake_suite.h"
#include "tests/integration/gateway/socket_client.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace dm::gateway {
namespace {

namespace catalogue = destinationmetier::catalogue::v1;
namespace pb = destinationmetier::gateway::v1;
using nlohmann::json;

// Two reads and one search an hour.
Quotas Few() {
  Quotas quotas;
  quotas[static_cast<size_t>(rpc::RateClass::kRead)] = {2, absl::Hours(1)};
  quotas[static_cast<size_t>(rpc::RateClass::kSearch)] = {1, absl::Hours(1)};
  return quotas;
}

class Limits : public testing::Test {
 protected:
  int StatusOf(const std::string& path, const std::string& headers = "") {
    return client_.Ask("GET", path, headers).status;
  }

  FakeSuite suite_;
  RunningGateway gateway_{suite_, Few()};
  SocketClient client_{gateway_.http_port()};
};

const std::string kGood = "Authorization: Bearer good\r\n";
constexpr char kTraceparent[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
constexpr char kTrace[] = "0af7651916cd43dd8448eb211c80319c";

TEST_F(Limits, RefuseOneCallTooMany) {
  EXPECT_EQ(StatusOf("/v1/companies/1"), 200);
  EXPECT_EQ(StatusOf("/v1/companies/1"), 200);
  const auto refused = client_.Ask("GET", "/v1/companies/1");
  ASSERT_EQ(refused.status, 429) << refused.body;
  EXPECT_EQ(refused.Header("ratelimit-policy"), R"("read";q=2;w=3600)");
  EXPECT_TRUE(refused.Header("ratelimit").starts_with(R"("read";r=0;t=)"));
  const int seconds = std::stoi(std::string(refused.Header("retry-after")));
  EXPECT_GT(seconds, 1700);
  EXPECT_LE(seconds, 1800);
  const json error = json::parse(refused.body)["error"];
  EXPECT_EQ(error["status"], "RESOURCE_EXHAUSTED");
  EXPECT_EQ(error["details"][0]["reason"], "RATE_LIMITED");
  EXPECT_EQ(error["details"][0]["metadata"]["limit"], "READ");
}

TEST_F(Limits, AreThoseOfTheClass) {
  EXPECT_EQ(StatusOf("/v1/offers:search"), 200);
  EXPECT_EQ(StatusOf("/v1/offers:search"), 429);
  EXPECT_EQ(StatusOf("/v1/companies/1"), 200);
}

TEST_F(Limits, AreThoseOfTheCaller) {
  EXPECT_EQ(StatusOf("/v1/offers:search"), 200);
  EXPECT_EQ(StatusOf("/v1/offers:search"), 429);
  const auto other = client_.Ask("GET", "/v1/offers:search", kGood);
  EXPECT_EQ(other.status, 200);
  EXPECT_EQ(other.Header("ratelimit"), R"("search";r=0;t=3600)");
}

TEST_F(Limits, AreNotEscapedByAnAddressThatTheClientMadeUp) {
  EXPECT_EQ(StatusOf("/v1/offers:search", "X-Forwarded-For: 203.0.113.1\r\n"), 200);
  EXPECT_EQ(StatusOf("/v1/offers:search", "X-Forwarded-For: 203.0.113.2\r\n"), 429);
}

TEST_F(Limits, CountTokensThatAreNoGood) {
  EXPECT_EQ(StatusOf("/v1/companies/1", "Authorization: Bearer guess1\r\n"), 401);
  EXPECT_EQ(StatusOf("/v1/companies/1", "Authorization: Bearer guess2\r\n"), 401);
  EXPECT_EQ(StatusOf("/v1/companies/1", "Authorization: Bearer guess3\r\n"), 429);
}

TEST_F(Limits, AreOneForBothFaces) {
  const auto companies = catalogue::CatalogueService::NewStub(gateway_.Channel());
  EXPECT_EQ(StatusOf("/v1/companies/1"), 200);
  const auto call = [&](grpc::ClientContext& context) {
    catalogue::GetCompanyRequest request;
    request.set_name("companies/1");
    catalogue::Company company;
    return companies->GetCompany(&context, request, &company);
  };
  grpc::ClientContext admitted;
  EXPECT_TRUE(call(admitted).ok());
  grpc::ClientContext refused;
  const grpc::Status status = call(refused);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(refused.GetServerTrailingMetadata().count("ratelimit"), 1);
  google::rpc::Status error;
  ASSERT_TRUE(error.ParseFromString(status.error_details()));
  bool says_when = false;
  for (const auto& detail : error.details()) {
    google::rpc::RetryInfo retry;
    if (detail.UnpackTo(&retry)) says_when = retry.retry_delay().seconds() > 0;
  }
  EXPECT_TRUE(says_when);
}

TEST_F(Limits, HoldForThePagesToo) {
  const auto pages = pb::GatewayService::NewStub(gateway_.Channel());
  const auto call = [&] {
    grpc::ClientContext context;
    pb::GetOfferPageRequest request;
    request.set_name("offers/1");
    pb::OfferPage page;
    return pages->GetOfferPage(&context, request, &page).error_code();
  };
  EXPECT_EQ(call(), grpc::StatusCode::OK);
  EXPECT_EQ(call(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(StatusOf("/v1/offers/1"), 429);
}

TEST(Door, IsShutToTwoTokensAtOnce) {
  FakeSuite suite;
  RunningGateway gateway(suite);
  SocketClient client(gateway.http_port());
  EXPECT_EQ(client.Ask("GET", "/v1/companies/1", kGood).status, 200);
  EXPECT_EQ(client.Ask("GET", "/v1/companies/1", kGood + kGood).status, 401);
  const auto companies = catalogue::CatalogueService::NewStub(gateway.Channel());
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer good");
  context.AddMetadata("authorization", "Bearer good");
  catalogue::Company company;
  EXPECT_EQ(companies->GetCompany(&context, {}, &company).error_code(),
            grpc::StatusCode::UNAUTHENTICATED);
}

TEST(Door, AsksForTheRoleBeforeTheServiceBehindDoes) {
  FakeSuite suite;
  RunningGateway gateway(suite);
  suite.Stop();
  SocketClient client(gateway.http_port());
  EXPECT_EQ(client.Ask("POST", "/v1/bookings", "", "{}").status, 401);
  EXPECT_EQ(client.Ask("POST", "/v1/bookings", kGood, "{}").status, 403);
  EXPECT_EQ(client.Ask("POST", "/v1/bookings/1:accept", kGood, "{}").status, 503);
}

// The lines of the log that have the text.
std::vector<std::string> LinesWith(const std::string& text, const std::string& log) {
  std::vector<std::string> lines = absl::StrSplit(log, '\n');
  std::erase_if(lines, [&](const std::string& line) { return !absl::StrContains(line, text); });
  return lines;
}

TEST(Door, SaysWhoWasRefusedAndWhy) {
  FakeSuite suite;
  RunningGateway gateway(suite);
  SocketClient client(gateway.http_port());
  const struct {
    const char* what;
    std::string headers;
    const char* body;
    const char* line;
  } kCases[] = {
      {"no token", "", "{}", R"("code":"UNAUTHENTICATED","reason":"TOKEN_MISSING")"},
      {"a bad token", "Authorization: Bearer guess\r\n", "{}",
       R"("code":"UNAUTHENTICATED","reason":"TOKEN_INVALID","caller":"")"},
      {"another role", kGood, "{}", R"("code":"PERMISSION_DENIED","reason":"ROLE_MISSING")"},
      {"what is no message", "", "{", R"("status":400)"},
  };
  for (const auto& test : kCases) {
    testing::internal::CaptureStderr();
    client.Ask("POST", "/v1/bookings", test.headers + "traceparent: " + kTraceparent + "\r\n",
               test.body);
    const std::string log = testing::internal::GetCapturedStderr();
    const auto lines = LinesWith(test.line, log);
    ASSERT_EQ(lines.size(), 1u) << test.what << ": " << log;
    EXPECT_EQ(json::parse(lines[0])["trace"], kTrace) << test.what;
    EXPECT_FALSE(absl::StrContains(log, "guess")) << "a token has no place in a log";
  }
}

TEST_F(Limits, AreALineASecondHoweverManyAreRefused) {
  testing::internal::CaptureStderr();
  for (int i = 0; i < 20; ++i) StatusOf("/v1/companies/1");
  const std::string log = testing::internal::GetCapturedStderr();
  const auto lines = LinesWith(R"("event":"too_often")", log);
  EXPECT_GE(lines.size(), 1u) << log;
  EXPECT_LE(lines.size(), 3u) << log;
}

}  // namespace
}  // namespace dm::gateway
