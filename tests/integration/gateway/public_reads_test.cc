#include "destinationmetier/catalogue/v1/catalogue_service.grpc.pb.h"
#include "destinationmetier/gateway/v1/gateway_service.pb.h"
#include "tests/integration/gateway/fake_suite.h"
#include "tests/integration/gateway/scripted_peer.h"
#include "tests/integration/gateway/socket_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace dm::gateway {
namespace {

namespace ambassador = destinationmetier::ambassador::v1;
namespace catalogue = destinationmetier::catalogue::v1;

constexpr char kSearch[] = "/v1/offers:search?query=pain";

// Stands where it was started until it is moved on.
class StandingClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixMicros(micros_.load()); }
  void Pass(absl::Duration time) { micros_ += absl::ToInt64Microseconds(time); }

 private:
  // Ahead, so that the deadlines that it makes are not reached however long a test takes.
  std::atomic<int64_t> micros_ = absl::ToUnixMicros(absl::Now() + absl::Minutes(1));
};

class PublicReadsThroughBothFaces : public testing::Test {
 protected:
  PublicReadsThroughBothFaces() {
    // A search finds as many as searches were made.
    peer_.On<catalogue::SearchOffersRequest, catalogue::SearchOffersResponse>(
        "SearchOffers", [this](const catalogue::SearchOffersRequest&) {
          catalogue::SearchOffersResponse response;
          response.set_total_size(peer_.calls("SearchOffers"));
          return absl::StatusOr<catalogue::SearchOffersResponse>(response);
        });
  }

  int SearchOverHttp(const std::string& headers = "") {
    const auto answer = SocketClient(gateway_.http_port()).Ask("GET", kSearch, headers);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return nlohmann::json::parse(answer.body).value("totalSize", -1);
  }
  int SearchOverGrpc() {
    catalogue::SearchOffersRequest request;
    request.set_query("pain");
    catalogue::SearchOffersResponse response;
    grpc::ClientContext context;
    const grpc::Status status = stub_->SearchOffers(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    // What is between services stays there.
    EXPECT_EQ(context.GetServerTrailingMetadata().count("dm-age-us"), 0u);
    return response.total_size();
  }
  static bool Within(absl::Duration patience, const std::function<bool()>& holds) {
    for (const absl::Time end = absl::Now() + patience; absl::Now() < end;) {
      if (holds()) return true;
      absl::SleepFor(absl::Milliseconds(5));
    }
    return false;
  }

  const bool kept_ = (KeepCallbackQueue(), true);
  StandingClock clock_;
  ScriptedPeer peer_;
  RunningGateway gateway_{peer_.Channel(), {}, &clock_};
  const std::unique_ptr<catalogue::CatalogueService::Stub> stub_ =
      catalogue::CatalogueService::NewStub(gateway_.Channel());
};

TEST_F(PublicReadsThroughBothFaces, ShareOneMemory) {
  EXPECT_EQ(SearchOverHttp(), 1);
  EXPECT_EQ(SearchOverGrpc(), 1);
  EXPECT_EQ(SearchOverHttp(), 1);
  clock_.Pass(absl::Seconds(1));
  EXPECT_EQ(SearchOverGrpc(), 2);
  EXPECT_EQ(SearchOverHttp(), 2);
  EXPECT_EQ(peer_.calls("SearchOffers"), 2);
}

TEST_F(PublicReadsThroughBothFaces, AreNoOlderThanASecondWithTheAgeTheyCameWith) {
  peer_.Age("SearchOffers", absl::Milliseconds(600));
  EXPECT_EQ(SearchOverGrpc(), 1);
  clock_.Pass(absl::Milliseconds(390));
  EXPECT_EQ(SearchOverHttp(), 1);
  clock_.Pass(absl::Milliseconds(10));
  EXPECT_EQ(SearchOverHttp(), 2);
}

TEST_F(PublicReadsThroughBothFaces, AreAskedForOnceByAHundredClients) {
  peer_.Hold("SearchOffers");
  std::vector<std::thread> clients;
  std::atomic<int> right = 0;
  for (int i = 0; i < 100; ++i) {
    clients.emplace_back(
        [&, i] { right += (i % 2 == 0 ? SearchOverHttp() : SearchOverGrpc()) == 1 ? 1 : 0; });
  }
  EXPECT_TRUE(Within(absl::Seconds(30), [this] { return peer_.calls("SearchOffers") > 0; }));
  peer_.Release("SearchOffers");
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(right, 100);
  EXPECT_EQ(peer_.calls("SearchOffers"), 1);
}

TEST_F(PublicReadsThroughBothFaces, AreReadForWhoComesWithAToken) {
  EXPECT_EQ(SearchOverHttp(), 1);
  EXPECT_EQ(SearchOverHttp("Authorization: Bearer pupil\r\n"), 2);
  EXPECT_EQ(SearchOverHttp("Authorization: Bearer pupil\r\n"), 3);
  EXPECT_EQ(SearchOverHttp(), 1);
}

TEST_F(PublicReadsThroughBothFaces, AreDroppedWhenTheFeedSaysThatTheyChanged) {
  std::atomic<int> version = 1;
  peer_.On<catalogue::GetCompanyRequest, catalogue::Company>(
      "GetCompany", [&](const catalogue::GetCompanyRequest& request) {
        catalogue::Company company;
        company.set_name(request.name());
        company.set_offer_count(version);
        return absl::StatusOr<catalogue::Company>(company);
      });
  const auto count = [this] {
    const auto answer =
        SocketClient(gateway_.http_port()).Ask("GET", "/v1/companies/00061001400011");
    return nlohmann::json::parse(answer.body).value("offerCount", -1);
  };
  // Catalogue and ambassador, which are the same here.
  ASSERT_TRUE(Within(absl::Seconds(30), [this] { return peer_.followers() == 2; }));
  EXPECT_EQ(count(), 1);
  version = 2;
  EXPECT_EQ(count(), 1);
  peer_.Changed("companies/90000001900019");
  peer_.Changed("companies/00061001400011");
  // No time passes on the clock by which answers grow old.
  EXPECT_TRUE(Within(absl::Seconds(30), [&] { return count() == 2; }));
}

TEST_F(PublicReadsThroughBothFaces, ErrorsAreNotKept) {
  peer_.Fail("GetOffer", NotFoundError("offers/1"));
  catalogue::GetOfferRequest request;
  request.set_name("offers/1");
  for (int i = 1; i <= 2; ++i) {
    grpc::ClientContext context;
    catalogue::Offer offer;
    EXPECT_EQ(stub_->GetOffer(&context, request, &offer).error_code(), grpc::StatusCode::NOT_FOUND);
    EXPECT_EQ(peer_.calls("GetOffer"), i);
  }
}

TEST_F(PublicReadsThroughBothFaces, HoldWholePagesToo) {
  peer_.Give("ListSectors", catalogue::ListSectorsResponse());
  peer_.Give("SearchProfessions", catalogue::SearchProfessionsResponse());
  peer_.Give("SearchAmbassadors", ambassador::SearchAmbassadorsResponse());
  peer_.Give("SearchCompanies", catalogue::SearchCompaniesResponse());
  const auto home = [this] {
    const auto answer = SocketClient(gateway_.http_port()).Ask("GET", "/v1/home");
    EXPECT_EQ(answer.status, 200);
    return nlohmann::json::parse(answer.body);
  };
  // What lacks something is not for others.
  EXPECT_EQ(home()["missing"], nlohmann::json::array({"figures"}));
  const int calls = peer_.calls();
  peer_.Give("GetStatistics", catalogue::GetStatisticsResponse());
  EXPECT_EQ(home()["missing"], nlohmann::json::array());
  EXPECT_EQ(peer_.calls(), 2 * calls);
  home();
  EXPECT_EQ(peer_.calls(), 2 * calls);
  // As old as what is oldest in it.
  clock_.Pass(absl::Seconds(1));
  peer_.Age("SearchOffers", absl::Milliseconds(800));
  home();
  EXPECT_EQ(peer_.calls(), 3 * calls);
  clock_.Pass(absl::Milliseconds(210));
  home();
  EXPECT_EQ(peer_.calls(), 4 * calls);
}

}  // namespace
}  // namespace dm::gateway
