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
    suite_ = new Suite({.booking_flags = {},
                        .notification_flags = {},
                        .gateway_flags = {"--rate-limits=off", "--reflection=true"}});
    suite_->LoadDemonstration();
    suite_->RegisterPupils(
        {"eleve-node", "eleve-buf", "eleve-connect", "eleve-grpc-web", "eleve-fetch"});
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

  // What a script of this folder says, as JSON; null and a failed test when it says nothing.
  static json Said(const std::string& script, std::vector<std::string> arguments) {
    // Node 18 warns of its fetch.
    arguments.insert(arguments.begin(), {"--no-warnings", absl::StrCat(DM_CLIENTS, "/", script)});
    const Finished run = testing::RunProgram("node", arguments);
    EXPECT_EQ(run.exit_code, 0) << run.output;
    const json said = json::parse(run.output, nullptr, false);
    EXPECT_TRUE(said.is_object()) << run.output;
    return said.is_object() ? said : json();
  }

  // Each client books in a département of its own: a search may be a second old and show a seat
  // that another took.
  static void CallFromABrowser(const std::string& protocol, const std::string& subject,
                               const std::string& department) {
    const std::string descriptors = absl::StrCat(::testing::TempDir(), "/", subject, ".binpb");
    const Finished built =
        testing::RunProgram(DM_ROOT "/node_modules/.bin/buf",
                            {"build", DM_ROOT, "--as-file-descriptor-set", "-o", descriptors});
    ASSERT_EQ(built.exit_code, 0) << built.output;
    json said = Said("connect_client.mjs", {protocol, suite_->http(), suite_->PupilToken(subject),
                                            descriptors, department});
    EXPECT_EQ(said["companies"], json::array({52, 52}));
    EXPECT_EQ(said["read"], true);
    EXPECT_EQ(said["replayed"], true);
    EXPECT_EQ(said["listed"], true);
    EXPECT_EQ(said["refused"], (json{{"code", "Unauthenticated"}, {"reason", "TOKEN_MISSING"}}));
    EXPECT_EQ(said["unknown"], (json{{"code", "NotFound"}, {"reason", "RESOURCE_NOT_FOUND"}}));
  }

  static Suite* suite_;
};

Suite* ClientsTest::suite_ = nullptr;

TEST_F(ClientsTest, GrpcForNodeListsSearchesAndBooks) {
  json said = Said("foreign_client.mjs", {suite_->grpc_address(), suite_->PupilToken("eleve-node"),
                                          DM_ROOT "/protos", DM_ROOT "/third_party/googleapis"});
  EXPECT_EQ(said["companies"], 52);
  EXPECT_EQ(said["replayed"], true);
  EXPECT_EQ(said["listed"], true);
  EXPECT_EQ(said["refused"], true);
  EXPECT_EQ(said["details"], 1);
}

TEST_F(ClientsTest, ConnectForBrowsersSearchesReadsAndBooks) {
  CallFromABrowser("connect", "eleve-connect", "14");
}

TEST_F(ClientsTest, GrpcWebForBrowsersSearchesReadsAndBooks) {
  CallFromABrowser("grpc-web", "eleve-grpc-web", "27");
}

TEST_F(ClientsTest, FetchAloneSearchesReadsAndBooks) {
  json said = Said("fetch_client.mjs", {suite_->http(), suite_->PupilToken("eleve-fetch")});
  EXPECT_EQ(said["companies"], 52);
  EXPECT_EQ(said["gzip"], "gzip");
  EXPECT_EQ(said["kept"], 304);
  EXPECT_EQ(said["read"], true);
  EXPECT_EQ(said["booked"], 200);
  EXPECT_EQ(said["replayed"], true);
  EXPECT_EQ(said["contradicted"], 400);
  EXPECT_EQ(said["stale"], json::array({412, "ETAG_MISMATCH"}));
  EXPECT_EQ(said["cancelled"], "STATE_CANCELLED");
  EXPECT_EQ(said["wrong"], json::array({"departements", "lat"}));
}

TEST_F(ClientsTest, APublicValidatorFindsTheDescriptionValid) {
  json said = Said("validate_openapi.mjs", {suite_->http()});
  EXPECT_EQ(said["valid"], true) << said["errors"];
  EXPECT_EQ(said["version"], "3.1");
  EXPECT_GT(said["paths"], 50);
}

TEST_F(ClientsTest, BufCurlListsSearchesAndBooksByReflection) {
  const Finished sectors = BufCurl("catalogue.v1.CatalogueService/ListSectors", json::object());
  ASSERT_EQ(sectors.exit_code, 0) << sectors.output;
  EXPECT_GT(json::parse(sectors.output)["sectors"].size(), 0u);
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
