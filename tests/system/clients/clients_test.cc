// Clients that we did not write: they meet the gateway as partners' engineers do.
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/text/uuid.h"
#include "tests/support/suite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dm {
namespace {

using nlohmann::json;
using testing::Finished;
using testing::Suite;

class ClientsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = new Suite();
    suite_->LoadDemonstration();
    suite_->RegisterPupils({"eleve-node", "eleve-buf"});
  }
  static void TearDownTestSuite() {
    delete suite_;
    suite_ = nullptr;
  }

  // buf curl by reflection alone, without a proto at hand.
  static Finished BufCurl(const std::string& method, const json& request,
                          const std::string& token = "") {
    std::vector<std::string> arguments = {
        "curl", "--protocol", "grpc", "--http2-prior-knowledge", "--data", request.dump()};
    if (!token.empty()) {
      arguments.push_back("--header");
      arguments.push_back("Authorization: Bearer " + token);
    }
    arguments.push_back(
        absl::StrCat("http://", suite_->grpc_address(), "/destinationmetier.", method));
    return testing::RunProgram(DM_ROOT "/node_modules/.bin/buf", arguments);
  }

  static Suite* suite_;
};

Suite* ClientsTest::suite_ = nullptr;

TEST_F(ClientsTest, GrpcForNodeListsSearchesAndBooks) {
  const Finished run = testing::RunProgram(
      "node", {DM_CLIENT, suite_->grpc_address(), suite_->PupilToken("eleve-node"),
               DM_ROOT "/protos", DM_ROOT "/third_party/googleapis"});
  ASSERT_EQ(run.exit_code, 0) << run.output;
  const json said = json::parse(run.output, nullptr, false);
  ASSERT_TRUE(said.is_object()) << run.output;
  EXPECT_EQ(said["companies"], 52);
  EXPECT_EQ(said["replayed"], true);
  EXPECT_EQ(said["listed"], true);
  EXPECT_EQ(said["refused"], true);
  EXPECT_EQ(said["details"], 1);
}

TEST_F(ClientsTest, BufCurlListsSearchesAndBooksByReflection) {
  const Finished sectors = BufCurl("catalogue.v1.CatalogueService/ListSectors", json::object());
  ASSERT_EQ(sectors.exit_code, 0) << sectors.output;
  EXPECT_GT(json::parse(sectors.output)["sectors"].size(), 0u);
  // Not where the other client books: a search may be a second old and show a seat that is gone.
  const Finished offers = BufCurl("catalogue.v1.CatalogueService/SearchOffers",
                                  {{"departments", {"50"}}, {"availableOnly", true}});
  ASSERT_EQ(offers.exit_code, 0) << offers.output;
  const json found = json::parse(offers.output);
  const json request = {{"session", found["offers"][0]["sessions"][0]["name"]},
                        {"requestId", NewUuid(absl::Now())}};
  const Finished booked =
      BufCurl("booking.v1.BookingService/CreateBooking", request, suite_->PupilToken("eleve-buf"));
  ASSERT_EQ(booked.exit_code, 0) << booked.output;
  EXPECT_EQ(json::parse(booked.output)["applicant"], "people/eleve-buf");
  const Finished refused = BufCurl("booking.v1.BookingService/CreateBooking", request);
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_THAT(refused.output, ::testing::HasSubstr("unauthenticated"));
}

}  // namespace
}  // namespace dm
