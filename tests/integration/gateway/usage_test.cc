// Partners' calls are counted once, over whichever face they come and however they end.
#include "absl/strings/str_cat.h"
#include "destinationmetier/catalogue/v1/catalogue_service.grpc.pb.h"
#include "destinationmetier/catalogue/v1/offer_exchange_service.grpc.pb.h"
#include "destinationmetier/gateway/v1/gateway_service.grpc.pb.h"
#include "services/gateway/usage/partner_usage.h"
#include "tests/integration/gateway/fake_suite.h"
#include "tests/integration/gateway/socket_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dm::gateway {
namespace {

namespace catalogue = destinationmetier::catalogue::v1;
namespace pb = destinationmetier::gateway::v1;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kPartner = "partner";

class Usage : public ::testing::Test {
 protected:
  void Start(const Quotas& quotas = {}) {
    gateway_ =
        std::make_unique<RunningGateway>(suite_.Channel(), quotas, &Clock::System(), &usage_);
    client_ = std::make_unique<SocketClient>(gateway_->http_port());
  }

  static std::string HeaderOf(const std::string& token) {
    return token.empty() ? "" : absl::StrCat("Authorization: Bearer ", token, "\r\n");
  }
  static void Prepare(grpc::ClientContext& context, const std::string& token) {
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    if (!token.empty()) context.AddMetadata("authorization", absl::StrCat("Bearer ", token));
  }

  int Get(const std::string& path, const std::string& token = kPartner) {
    return client_->Ask("GET", path, HeaderOf(token)).status;
  }
  int Connect(const std::string& method, const std::string& body) {
    return client_
        ->Ask("POST", absl::StrCat("/destinationmetier.", method),
              absl::StrCat(HeaderOf(kPartner), "Content-Type: application/json\r\n"), body)
        .status;
  }
  grpc::StatusCode GetCompany(const std::string& name, const std::string& token = kPartner) {
    grpc::ClientContext context;
    Prepare(context, token);
    catalogue::GetCompanyRequest request;
    request.set_name(name);
    catalogue::Company company;
    return catalogue::CatalogueService::NewStub(gateway_->Channel())
        ->GetCompany(&context, request, &company)
        .error_code();
  }
  grpc::StatusCode GetOfferPage(const std::string& name) {
    grpc::ClientContext context;
    Prepare(context, kPartner);
    pb::GetOfferPageRequest request;
    request.set_name(name);
    pb::OfferPage page;
    return pb::GatewayService::NewStub(gateway_->Channel())
        ->GetOfferPage(&context, request, &page)
        .error_code();
  }
  grpc::StatusCode ExportOffers() {
    grpc::ClientContext context;
    Prepare(context, kPartner);
    const auto stub = catalogue::OfferExchangeService::NewStub(gateway_->Channel());
    const auto reader = stub->ExportOffers(&context, {});
    catalogue::ExportOffersResponse response;
    while (reader->Read(&response)) {
    }
    return reader->Finish().error_code();
  }

  // "chambre GetCompany 1/0/0/0" of all that was counted since the last time.
  std::vector<std::string> Counted() {
    std::vector<std::string> texts;
    for (const UsageCount& count : usage_.Take().counts) {
      texts.push_back(absl::StrCat(
          count.partner, " ", count.method.substr(count.method.find('/') + 1), " ", count.calls[0],
          "/", count.calls[1], "/", count.calls[2], "/", count.calls[3]));
    }
    return texts;
  }

  PartnerUsage usage_{&Clock::System()};
  FakeSuite suite_;
  std::unique_ptr<RunningGateway> gateway_;
  std::unique_ptr<SocketClient> client_;
};

TEST_F(Usage, OfACallIsCountedOnceOverEachFace) {
  Start();
  EXPECT_EQ(Get("/v1/companies/1"), 200);
  EXPECT_THAT(Counted(), ElementsAre("chambre GetCompany 1/0/0/0"));
  EXPECT_EQ(Connect("catalogue.v1.CatalogueService/GetCompany", R"({"name": "companies/1"})"), 200);
  EXPECT_THAT(Counted(), ElementsAre("chambre GetCompany 1/0/0/0"));
  EXPECT_EQ(GetCompany("companies/1"), grpc::StatusCode::OK);
  EXPECT_THAT(Counted(), ElementsAre("chambre GetCompany 1/0/0/0"));
  // What the gateway answers itself.
  EXPECT_EQ(Get("/v1/offers/1"), 200);
  EXPECT_THAT(Counted(), ElementsAre("chambre GetOfferPage 1/0/0/0"));
  EXPECT_EQ(GetOfferPage("offers/1"), grpc::StatusCode::OK);
  EXPECT_THAT(Counted(), ElementsAre("chambre GetOfferPage 1/0/0/0"));
}

TEST_F(Usage, TellsHowCallsEnded) {
  Start();
  EXPECT_EQ(Get("/v1/companies/0"), 404);
  EXPECT_EQ(GetCompany("companies/0"), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(Counted(), ElementsAre("chambre GetCompany 0/0/2/0"));
  EXPECT_EQ(GetOfferPage("offers/0"), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Get("/v1/offers/0"), 404);
  EXPECT_THAT(Counted(), ElementsAre("chambre GetOfferPage 0/0/2/0"));
  // What a role may not.
  EXPECT_EQ(Get("/v1/people/me/space"), 403);
  EXPECT_THAT(Counted(), ElementsAre("chambre GetMySpace 0/0/1/0"));
  // A stream of a service that is not there.
  EXPECT_EQ(ExportOffers(), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_THAT(Counted(), ElementsAre("chambre ExportOffers 0/0/0/1"));
  suite_.Stop();
  EXPECT_EQ(Get("/v1/companies/1"), 503);
  EXPECT_EQ(GetCompany("companies/1"), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(Counted(), ElementsAre("chambre GetCompany 0/0/0/2"));
}

TEST_F(Usage, TellsWhatTheLimitsRefused) {
  Quotas quotas;
  quotas[static_cast<size_t>(rpc::RateClass::kRead)] = {1, absl::Hours(1)};
  quotas[static_cast<size_t>(rpc::RateClass::kSearch)] = {1, absl::Hours(1)};
  Start(quotas);
  EXPECT_EQ(Get("/v1/companies/1"), 200);
  EXPECT_EQ(Get("/v1/companies/1"), 429);
  EXPECT_EQ(GetCompany("companies/1"), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(GetOfferPage("offers/1"), grpc::StatusCode::OK);
  EXPECT_EQ(GetOfferPage("offers/1"), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(Get("/v1/offers/1"), 429);
  EXPECT_THAT(Counted(), ElementsAre("chambre GetCompany 1/2/0/0", "chambre GetOfferPage 1/2/0/0"));
}

TEST_F(Usage, OfAnybodyElseIsCountedNowhere) {
  Start();
  for (const char* token : {"", "pupil", "host", "clerk", "good"}) {
    EXPECT_EQ(Get("/v1/companies/1", token), 200) << token;
    EXPECT_EQ(GetCompany("companies/1", token), grpc::StatusCode::OK) << token;
  }
  EXPECT_EQ(Get("/v1/companies/1", "forged"), 401);
  EXPECT_EQ(GetCompany("companies/1", "forged"), grpc::StatusCode::UNAUTHENTICATED);
  // What reaches no method.
  EXPECT_EQ(Get("/v1/nothing"), 404);
  EXPECT_EQ(Get("/v1/companies/1?nobodyKnows=1"), 400);
  EXPECT_THAT(Counted(), IsEmpty());
}

}  // namespace
}  // namespace dm::gateway
