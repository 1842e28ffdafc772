#include "services/gateway/http/browser_rpc.h"

#include "common/errors/error.h"
#include "destinationmetier/catalogue/v1/catalogue_service.pb.h"
#include "services/gateway/api/message_bytes.h"
#include "services/gateway/api/peer_status.h"
#include "services/gateway/api/public_services.h"
#include "tests/unit/gateway/fake_backend.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dm::gateway {
namespace {

namespace catalogue = destinationmetier::catalogue::v1;
using nlohmann::json;

constexpr char kSearch[] = "/destinationmetier.catalogue.v1.CatalogueService/SearchCompanies";

class BrowserRpcTest : public testing::Test {
 protected:
  BrowserRpcTest() {
    catalogue::SearchCompaniesResponse found;
    found.set_total_size(52);
    backend_.answer.message = ToBytes(found);
  }

  std::vector<PublicService> Services() {
    std::vector<PublicService> services;
    for (const PublicEntry& entry : PublicTable()) services.push_back({entry.service, &backend_});
    return services;
  }
  HttpResponse Post(const std::string& path, const std::string& type, const std::string& body,
                    HttpHeaders headers = {}, const std::string& method = "POST") {
    headers.emplace_back("content-type", type);
    std::optional<HttpResponse> answer;
    rpc_.Handle({.method = method, .target = path, .headers = std::move(headers), .body = body},
                [&](HttpResponse response) { answer = std::move(response); });
    return answer.value_or(HttpResponse{.status = 0});
  }

  FakeBackend backend_;
  FixedClock clock_;
  BrowserRpc rpc_{Services(), &clock_};
};

TEST_F(BrowserRpcTest, PassesTheBytesOfAMessageOn) {
  catalogue::SearchCompaniesRequest request;
  request.add_departments("61");
  const HttpResponse response =
      Post(kSearch, "application/proto", request.SerializeAsString(),
           {{"authorization", "Bearer abc"}, {"accept-language", "en"}, {"traceparent", "t"}});
  ASSERT_EQ(response.status, 200);
  EXPECT_EQ(response.counted_as, kSearch);
  EXPECT_EQ(response.Header("cache-control"), "no-store");
  catalogue::SearchCompaniesResponse found;
  ASSERT_TRUE(found.ParseFromString(response.body));
  EXPECT_EQ(found.total_size(), 52);
  EXPECT_EQ(backend_.last_method, kSearch);
  EXPECT_EQ(TextOf(backend_.last_request), request.SerializeAsString());
  EXPECT_EQ(backend_.last_call.authorization, "Bearer abc");
  EXPECT_EQ(backend_.last_call.accept_language, "en");
  EXPECT_EQ(backend_.last_call.traceparent, "t");
}

TEST_F(BrowserRpcTest, SpeaksJson) {
  const HttpResponse response = Post(kSearch, "application/json", R"({"departments": ["61"]})");
  ASSERT_EQ(response.status, 200);
  EXPECT_EQ(json::parse(response.body)["totalSize"], 52);
  catalogue::SearchCompaniesRequest request;
  ASSERT_TRUE(FromBytes(backend_.last_request, &request));
  EXPECT_EQ(request.departments(0), "61");
}

TEST_F(BrowserRpcTest, SpeaksGrpcWeb) {
  const HttpResponse response =
      Post(kSearch, "application/grpc-web+proto", std::string("\0\0\0\0\0", 5));
  ASSERT_EQ(response.status, 200);
  catalogue::SearchCompaniesResponse found;
  const auto size = static_cast<size_t>(response.body[4]);
  ASSERT_TRUE(found.ParseFromString(response.body.substr(5, size)));
  EXPECT_EQ(found.total_size(), 52);
  EXPECT_NE(response.body.find("grpc-status: 0\r\n"), std::string::npos);
}

TEST_F(BrowserRpcTest, NobodyWaitsLongerThanTheMethodMayLast) {
  Post(kSearch, "application/json", "{}");
  EXPECT_EQ(backend_.last_call.deadline, clock_.Now() + absl::Seconds(5));
  Post(kSearch, "application/json", "{}", {{"connect-timeout-ms", "1500"}});
  EXPECT_EQ(backend_.last_call.deadline, clock_.Now() + absl::Milliseconds(1500));
  Post(kSearch, "application/json", "{}", {{"connect-timeout-ms", "9999999999"}});
  EXPECT_EQ(backend_.last_call.deadline, clock_.Now() + absl::Seconds(5));
}

TEST_F(BrowserRpcTest, ShowsTheErrorOfAService) {
  backend_.answer.status = Presentable(NotFoundError("companies/1"), "fr");
  const HttpResponse connect = Post(kSearch, "application/json", "{}");
  EXPECT_EQ(connect.status, 404);
  EXPECT_EQ(json::parse(connect.body)["code"], "not_found");
  const HttpResponse web = Post(kSearch, "application/grpc-web", std::string("\0\0\0\0\0", 5));
  EXPECT_EQ(web.status, 200);
  EXPECT_NE(web.body.find("grpc-status: 5\r\n"), std::string::npos);
}

TEST_F(BrowserRpcTest, RefusesBeforeItAsks) {
  struct Case {
    const char* path;
    const char* type;
    const char* body;
    int status;
  };
  for (const Case& one :
       {Case{kSearch, "text/plain", "{}", 415},
        Case{kSearch, "application/connect+json", "{}", 415},
        Case{kSearch, "application/json", "{\"departements\": []}", 400},
        Case{kSearch, "application/json", "", 400}, Case{kSearch, "application/json", "[]", 400},
        Case{"/destinationmetier.catalogue.v1.CatalogueService/Steal", "application/json", "{}",
             501},
        Case{"/destinationmetier.event.v1.EventFeedService/Subscribe", "application/json", "{}",
             501},
        Case{"/destinationmetier.catalogue.v1.OfferExchangeService/ExportOffers",
             "application/json", "{}", 501}}) {
    EXPECT_EQ(Post(one.path, one.type, one.body).status, one.status) << one.path << one.body;
  }
  EXPECT_EQ(Post(kSearch, "application/json", "{}", {{"authorization", "Bearer é"}}).status, 401);
  EXPECT_EQ(Post(kSearch, "application/json", "{}",
                 {{"authorization", "Bearer a"}, {"authorization", "Bearer b"}})
                .status,
            401);
  EXPECT_EQ(Post(kSearch, "application/json", "{}", {}, "GET").status, 405);
  EXPECT_EQ(Post(kSearch, "application/json", "{}", {}, "GET").Header("allow"), "OPTIONS, POST");
  EXPECT_EQ(Post(kSearch, "", "", {}, "OPTIONS").status, 204);
  EXPECT_EQ(backend_.last_method, "");
}

}  // namespace
}  // namespace dm::gateway
