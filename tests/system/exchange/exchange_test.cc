// A partner's system sends its offers and takes those of the territory, through the gateway.
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/text/uuid.h"
#include "destinationmetier/catalogue/v1/offer_exchange_service.grpc.pb.h"
#include "tests/support/suite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>

namespace dm {
namespace {

namespace pb = destinationmetier::catalogue::v1;
namespace type = destinationmetier::type::v1;

using nlohmann::json;
using testing::HttpAnswer;
using testing::Suite;

constexpr char kCompany[] = "companies/00061001400011";

class ExchangeTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = new Suite();
    suite_->LoadDemonstration();
  }
  static void TearDownTestSuite() {
    delete suite_;
    suite_ = nullptr;
  }

  static std::string PartnerToken() {
    return suite_->Token({.subject = "jobaway",
                          .roles = {"partner"},
                          .territory = {"61"},
                          .scopes = {"offers.write", "offers.read", "offers.publish"}});
  }

  static std::unique_ptr<grpc::ClientContext> NewContext() {
    auto context = std::make_unique<grpc::ClientContext>();
    context->AddMetadata("authorization", "Bearer " + PartnerToken());
    context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    return context;
  }

  static pb::ImportOffersRequest Start(const std::string& run) {
    pb::ImportOffersRequest message;
    message.mutable_start()->set_source("jobaway");
    message.mutable_start()->set_run(run);
    return message;
  }

  static pb::ImportOffersRequest Item(int64_t line) {
    pb::ImportOffersRequest message;
    pb::PartnerOffer& item = *message.mutable_offer();
    item.set_line(line);
    item.set_key(absl::StrCat("k", line));
    item.set_company(kCompany);
    item.mutable_offer()->set_profession("professions/H2405");
    item.mutable_offer()->set_title(absl::StrCat("Zeppelin ", line));
    item.mutable_offer()->set_description("De la balle de coton au produit fini, en équipe.");
    item.mutable_offer()->add_audiences(type::AUDIENCE_SECONDE);
    pb::Session& session = *item.add_sessions();
    const int64_t start = absl::ToUnixSeconds(absl::Now()) + 30 * 86400;
    session.mutable_start_time()->set_seconds(start);
    session.mutable_end_time()->set_seconds(start + 8 * 3600);
    session.set_capacity(2);
    return message;
  }

  static Suite* suite_;
};

Suite* ExchangeTest::suite_ = nullptr;

TEST_F(ExchangeTest, AnImportIsAnsweredItemByItemAndResumesAfterItBroke) {
  const auto stub = pb::OfferExchangeService::NewStub(suite_->NewChannel());
  const std::string run = NewUuid(absl::Now());
  pb::ImportOffersResponse answer;
  {
    const auto context = NewContext();
    const auto stream = stub->ImportOffers(context.get());
    ASSERT_TRUE(stream->Write(Start(run)));
    ASSERT_TRUE(stream->Read(&answer));
    EXPECT_EQ(answer.resume().after_line(), 0);
    // Who waits for each answer gets it before the next item is sent.
    for (int line = 1; line <= 3; ++line) {
      ASSERT_TRUE(stream->Write(Item(line)));
      ASSERT_TRUE(stream->Read(&answer));
      EXPECT_EQ(answer.item().line(), line);
      EXPECT_EQ(answer.item().outcome(), pb::ItemResult::OUTCOME_ADDED)
          << answer.item().error().ShortDebugString();
    }
    context->TryCancel();
    EXPECT_FALSE(stream->Finish().ok());
  }
  const auto context = NewContext();
  const auto stream = stub->ImportOffers(context.get());
  ASSERT_TRUE(stream->Write(Start(run)));
  ASSERT_TRUE(stream->Read(&answer));
  EXPECT_EQ(answer.resume().after_line(), 3);
  ASSERT_TRUE(stream->Write(Item(3)));
  pb::ImportOffersRequest wrong = Item(4);
  wrong.mutable_offer()->set_company("companies/00014002000017");
  ASSERT_TRUE(stream->Write(wrong));
  stream->WritesDone();
  ASSERT_TRUE(stream->Read(&answer));
  EXPECT_EQ(answer.item().outcome(), pb::ItemResult::OUTCOME_UNCHANGED);
  ASSERT_TRUE(stream->Read(&answer));
  EXPECT_EQ(answer.item().outcome(), pb::ItemResult::OUTCOME_REFUSED);
  EXPECT_EQ(answer.item().error().code(), grpc::StatusCode::NOT_FOUND);
  ASSERT_TRUE(stream->Read(&answer));
  EXPECT_EQ(answer.summary().added(), 3);
  EXPECT_EQ(answer.summary().refused(), 1);
  EXPECT_FALSE(stream->Read(&answer));
  EXPECT_TRUE(stream->Finish().ok());
  // They are there for everybody.
  Suite::WaitUntil("the offers are found", [] {
    return suite_->Get("/v1/offers:search?query=zeppelin").json.value("totalSize", 0) == 3;
  });
}

TEST_F(ExchangeTest, AFewOffersGoOverHttp) {
  json item = {
      {"line", 1},
      {"key", "http"},
      {"company", kCompany},
      {"offer",
       {{"profession", "professions/H2405"},
        {"title", "Montgolfière"},
        {"description", "De la balle de coton au produit fini, en équipe."},
        {"audiences", {"AUDIENCE_SECONDE"}}}},
      {"sessions",
       {{{"startTime",
          absl::FormatTime(absl::Now() + absl::Hours(240), absl::UTCTimeZone()).substr(0, 19) +
              "Z"},
         {"endTime",
          absl::FormatTime(absl::Now() + absl::Hours(248), absl::UTCTimeZone()).substr(0, 19) +
              "Z"},
         {"capacity", 2}}}}};
  const json body = {{"start", {{"source", "jobaway"}, {"run", NewUuid(absl::Now())}}},
                     {"offers", {item}}};
  const HttpAnswer answer = suite_->Post("/v1/offers:import", body, PartnerToken());
  ASSERT_EQ(answer.code, 200) << answer.body;
  EXPECT_EQ(answer.json["items"][0]["outcome"], "OUTCOME_ADDED") << answer.body;
  EXPECT_EQ(suite_->Post("/v1/offers:import", body, PartnerToken()).body, answer.body);
  EXPECT_EQ(suite_->Post("/v1/offers:import", body, suite_->PupilToken("eleve")).code, 403);
}

TEST_F(ExchangeTest, AnExportSendsTheTerritoryAndNothingElse) {
  const auto stub = pb::OfferExchangeService::NewStub(suite_->NewChannel());
  pb::ExportOffersRequest request;
  request.add_departments("61");
  const auto context = NewContext();
  const auto stream = stub->ExportOffers(context.get(), request);
  pb::ExportOffersResponse response;
  std::set<std::string> names;
  while (stream->Read(&response)) {
    for (const pb::Offer& offer : response.offers()) {
      EXPECT_EQ(offer.place().department(), "61");
      EXPECT_TRUE(names.insert(offer.name()).second) << offer.name();
    }
  }
  const grpc::Status status = stream->Finish();
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(static_cast<int64_t>(names.size()),
            suite_->Count("SELECT count(*) FROM catalogue.offers WHERE published AND department = "
                          "'61'"));
  request.add_departments("14");
  const auto other = NewContext();
  const auto refused = stub->ExportOffers(other.get(), request);
  EXPECT_FALSE(refused->Read(&response));
  EXPECT_EQ(refused->Finish().error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(ExchangeTest, EverybodyMaySeeTheFigures) {
  const HttpAnswer answer = suite_->Get("/v1/statistics?group_by=STATISTICS_DIMENSION_DEPARTMENT");
  EXPECT_EQ(answer.code, 200) << answer.body;
  EXPECT_EQ(suite_->Get("/v1/statistics?from=hier").code, 400);
  EXPECT_EQ(suite_->Get("/v1/statistics/searches").code, 401);
  EXPECT_EQ(suite_->Get("/v1/statistics/searches", PartnerToken()).code, 403);
}

}  // namespace
}  // namespace dm
