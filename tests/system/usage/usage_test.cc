// How much partners use the interface, as they and those who look after them are told.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "destinationmetier/catalogue/v1/catalogue_service.grpc.pb.h"
#include "destinationmetier/catalogue/v1/offer_exchange_service.grpc.pb.h"
#include "destinationmetier/gateway/v1/partner_event_service.grpc.pb.h"
#include "destinationmetier/gateway/v1/partner_usage_service.grpc.pb.h"
#include "tests/support/suite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <map>
#include <string>

namespace dm {
namespace {

namespace catalogue = destinationmetier::catalogue::v1;
namespace pb = destinationmetier::gateway::v1;
using nlohmann::json;
using testing::HttpAnswer;
using testing::Suite;

constexpr char kListSectors[] = "destinationmetier.catalogue.v1.CatalogueService/ListSectors";
constexpr char kExport[] = "destinationmetier.catalogue.v1.OfferExchangeService/ExportOffers";
constexpr char kListEvents[] = "destinationmetier.gateway.v1.PartnerEventService/ListEvents";

class UsageTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = new Suite();
    suite_->LoadDemonstration();
  }
  static void TearDownTestSuite() {
    delete suite_;
    suite_ = nullptr;
  }

  static std::string Token(const std::string& role, const std::string& subject,
                           std::vector<std::string> territory = {"61"}) {
    return suite_->Token({.subject = subject,
                          .roles = {role},
                          .territory = std::move(territory),
                          .scopes = {"events.read", "offers.read"}});
  }

  static void Prepare(grpc::ClientContext& context, const std::string& token) {
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    context.AddMetadata("authorization", "Bearer " + token);
  }

  // One field of each method's row, over all days: the suite may run over midnight.
  static std::map<std::string, int64_t> ByMethod(const HttpAnswer& answer, const char* field) {
    std::map<std::string, int64_t> sums;
    for (const json& row : answer.json.value("usage", json::array())) {
      sums[row["method"].get<std::string>()] += std::stoll(row.value(field, "0"));
    }
    return sums;
  }

  static HttpAnswer Usage(const std::string& parent, const std::string& token) {
    return suite_->Get(absl::StrCat("/v1/", parent, "/usage?page_size=100"), token);
  }

  static Suite* suite_;
};

Suite* UsageTest::suite_ = nullptr;

TEST_F(UsageTest, APartnerSeesAllThatItAskedForWhicheverWayItAsked) {
  const std::string token = Token("partner", "chambre");
  const auto channel = suite_->NewChannel();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(suite_->Get("/v1/sectors", token).code, 200);
  for (int i = 0; i < 2; ++i) {
    grpc::ClientContext context;
    Prepare(context, token);
    catalogue::ListSectorsResponse sectors;
    const auto stub = catalogue::CatalogueService::NewStub(channel);
    EXPECT_TRUE(stub->ListSectors(&context, {}, &sectors).ok());
  }
  {
    grpc::ClientContext context;
    Prepare(context, token);
    catalogue::ExportOffersRequest request;
    request.add_departments("61");
    const auto stub = catalogue::OfferExchangeService::NewStub(channel);
    const auto reader = stub->ExportOffers(&context, request);
    catalogue::ExportOffersResponse offers;
    while (reader->Read(&offers)) {
    }
    EXPECT_TRUE(reader->Finish().ok());
  }
  // Both are answered within the gateway.
  int64_t events = 0;
  const HttpAnswer polled = suite_->Get("/v1/events", token);
  ASSERT_EQ(polled.code, 200) << polled.body;
  events += static_cast<int64_t>(polled.json.value("events", json::array()).size());
  grpc::ClientContext context;
  Prepare(context, token);
  pb::PartnerEvents page;
  ASSERT_TRUE(pb::PartnerEventService::NewStub(channel)->ListEvents(&context, {}, &page).ok());
  events += page.events_size();
  ASSERT_GT(events, 0) << "the demonstration has made some";
  EXPECT_EQ(suite_->Get("/v1/events?departments=14", token).code, 404);

  HttpAnswer answer;
  Suite::WaitUntil("the calls are written down", [&] {
    answer = Usage("partners/me", token);
    return ByMethod(answer, "calls")[kListEvents] >= 3;
  });
  ASSERT_EQ(answer.code, 200) << answer.body;
  const auto ok = ByMethod(answer, "ok");
  EXPECT_EQ(ok.at(kListSectors), 5);
  EXPECT_EQ(ok.at(kExport), 1);
  EXPECT_EQ(ok.at(kListEvents), 2);
  EXPECT_EQ(ByMethod(answer, "clientErrors").at(kListEvents), 1);
  EXPECT_EQ(ByMethod(answer, "serverErrors").at(kListEvents), 0);
  EXPECT_EQ(ByMethod(answer, "events").at(kListEvents), events);
  for (const json& row : answer.json["usage"]) EXPECT_EQ(row["partner"], "partners/chambre");
}

TEST_F(UsageTest, WhatOneMayNotSeeDoesNotExist) {
  const std::string own = Token("partner", "region");
  EXPECT_EQ(suite_->Get("/v1/sectors", own).code, 200);
  const std::string operators = Token("operator", "operateur");
  Suite::WaitUntil("the call is written down",
                   [&] { return Usage("partners/region", operators).code == 200; });
  struct Case {
    const char* who;
    std::string token;
    const char* parent;
    int http;
    grpc::StatusCode code;
  };
  using grpc::StatusCode;
  const std::vector<Case> cases = {
      {"itself", own, "partners/me", 200, StatusCode::OK},
      {"itself by name", own, "partners/region", 200, StatusCode::OK},
      {"an operator", operators, "partners/region", 200, StatusCode::OK},
      {"an operator, of all", operators, "partners/-", 200, StatusCode::OK},
      {"an agency of its territory", Token("agency", "agence", {"61", "14"}), "partners/region",
       200, StatusCode::OK},
      {"an agency elsewhere", Token("agency", "agence", {"2A"}), "partners/region", 404,
       StatusCode::NOT_FOUND},
      {"another partner", Token("partner", "autre"), "partners/region", 404, StatusCode::NOT_FOUND},
      {"itself of nobody", own, "partners/personne", 404, StatusCode::NOT_FOUND},
      {"a pupil", Token("applicant", "eleve"), "partners/region", 403,
       StatusCode::PERMISSION_DENIED},
      {"a host", Token("host", "hote"), "partners/-", 403, StatusCode::PERMISSION_DENIED},
      {"what is no partner", own, "partners/a%20b", 400, StatusCode::INVALID_ARGUMENT},
  };
  const auto stub = pb::PartnerUsageService::NewStub(suite_->NewChannel());
  for (const Case& one : cases) {
    const HttpAnswer answer = Usage(one.parent, one.token);
    EXPECT_EQ(answer.code, one.http) << one.who << ": " << answer.body;
    grpc::ClientContext context;
    Prepare(context, one.token);
    pb::ListPartnerUsageRequest request;
    request.set_parent(one.parent);
    pb::ListPartnerUsageResponse response;
    EXPECT_EQ(stub->ListPartnerUsage(&context, request, &response).error_code(), one.code)
        << one.who;
  }
  EXPECT_EQ(suite_->Get("/v1/partners/region/usage").code, 401);
}

TEST_F(UsageTest, AGatewayThatStopsWritesDownWhatItCounted) {
  constexpr int kCalls = 25;
  const std::string token = Token("partner", "fidele");
  for (int i = 0; i < kCalls; ++i) EXPECT_EQ(suite_->Get("/v1/sectors", token).code, 200);
  suite_->process("gateway").Signal(SIGTERM);
  ASSERT_TRUE(suite_->process("gateway").Wait(absl::Seconds(20)).has_value());
  EXPECT_EQ(suite_->Count(
                "SELECT coalesce(sum(ok), 0) FROM gateway.partner_usage WHERE partner = 'fidele'"),
            kCalls);
  suite_->Restart("gateway");
  EXPECT_EQ(ByMethod(Usage("partners/me", token), "calls")[kListSectors], kCalls);
}

TEST_F(UsageTest, PeopleAreCountedNowhere) {
  const std::string pupil = suite_->PupilToken("eleve-discrete");
  EXPECT_EQ(suite_->Get("/v1/sectors", pupil).code, 200);
  const std::string last = Token("partner", "derniere");
  EXPECT_EQ(suite_->Get("/v1/sectors", last).code, 200);
  Suite::WaitUntil("later calls are written down", [] {
    return suite_->Count("SELECT count(*) FROM gateway.partner_usage WHERE partner = 'derniere'") >
           0;
  });
  EXPECT_FALSE(absl::StrContains(suite_->Dump(), "eleve-discrete"));
}

}  // namespace
}  // namespace dm
