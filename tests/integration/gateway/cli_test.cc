#include "services/gateway/cli/commands.h"
#include "tests/integration/gateway/fake_suite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace dm::gateway {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class CliTest : public testing::Test {
 protected:
  CliTest() : folder_(testing::TempDir() + "dm-cli-" + std::to_string(getpid())) {
    std::filesystem::create_directories(folder_);
  }
  ~CliTest() override { std::filesystem::remove_all(folder_); }

  void Write(const std::string& name, const std::string& content) {
    std::ofstream(folder_ + "/" + name, std::ios::binary) << content;
  }

  int Run(const std::vector<std::string>& arguments, const std::string& token = "good") {
    out_.str("");
    err_.str("");
    const auto line = cli::CommandLine::Parse(arguments);
    if (!line.ok()) return cli::kUsage;
    cli::Session session({.address = gateway_.grpc_address(),
                          .token = token,
                          .json = line->Has("json"),
                          .interactive = false},
                         &out_, &err_);
    return cli::Run(*line, session);
  }

  const std::string folder_;
  FakeSuite suite_;
  RunningGateway gateway_{suite_};
  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(CliTest, ImportsAFolderInSmallPieces) {
  Write("a.csv", std::string(3'000'000, 'x'));
  Write("version.txt", "1");
  Write("notes.md", "not sent");
  ASSERT_EQ(Run({"import", "rome", folder_, "--json"}), cli::kDone) << err_.str();
  const json report = json::parse(out_.str());
  EXPECT_EQ(
      report["professions"],
      json({{"read", 3'000'001}, {"added", 2}, {"changed", 0}, {"moved", 0}, {"vanished", 0}}));
  EXPECT_THAT(err_.str(), HasSubstr("Lecture"));
}

TEST_F(CliTest, WritesATableOfWhatAnImportDid) {
  Write("a.csv", "x");
  ASSERT_EQ(Run({"import", "rome", folder_ + "/a.csv"}), cli::kDone) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("professions  1     1"));
}

TEST_F(CliTest, TellsInFrenchWhyAnImportWasRefused) {
  Write("a.csv", "x");
  EXPECT_EQ(Run({"import", "companies", folder_ + "/a.csv"}), cli::kRefused);
  EXPECT_THAT(err_.str(), HasSubstr("Certaines informations sont incorrectes."));
  EXPECT_THAT(err_.str(), HasSubstr("start.kind"));
  EXPECT_EQ(Run({"import", "rome", folder_ + "/a.csv"}, ""), cli::kRefused);
  EXPECT_THAT(err_.str(), HasSubstr("TOKEN_MISSING"));
}

TEST_F(CliTest, TellsWhatIsMissingInACommand) {
  EXPECT_EQ(Run({"import", "rome"}), cli::kUsage);
  EXPECT_EQ(Run({"import", "rome", folder_ + "/nothing.csv"}), cli::kUsage);
  EXPECT_EQ(Run({"import", "rome", folder_}), cli::kUsage);
  EXPECT_EQ(Run({"search", "planets"}), cli::kUsage);
  EXPECT_EQ(Run({"search", "offers", "--limit", "many"}), cli::kUsage);
  EXPECT_EQ(Run({"search", "offers", "--near", "here"}), cli::kUsage);
  EXPECT_EQ(Run({"show", "planets/1"}), cli::kUsage);
  EXPECT_EQ(Run({"contact", "get", "x"}), cli::kUsage);
}

TEST_F(CliTest, SearchesAndShows) {
  ASSERT_EQ(Run({"search", "offers", "coton", "bio", "--profession", "H2405"}), cli::kDone)
      << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("coton bio1"));
  ASSERT_EQ(Run({"search", "ambassadors", "--json"}), cli::kDone);
  EXPECT_EQ(json::parse(out_.str())["ambassadors"][0]["displayName"], "Jeanne Lemoine");
  ASSERT_EQ(Run({"show", "offers/1"}), cli::kDone) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("Jeanne Lemoine"));
  EXPECT_EQ(Run({"show", "offers/2"}), cli::kRefused);
  EXPECT_THAT(err_.str(), HasSubstr("Cette page n'existe pas ou plus."));
}

TEST_F(CliTest, CancelsASessionOfEitherKind) {
  ASSERT_EQ(Run({"cancel-session", "offers/1/sessions/2", "--reason", "x"}), cli::kDone)
      << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("session : offers/1/sessions/2"));
  EXPECT_THAT(out_.str(), HasSubstr("annulée le "));
  ASSERT_EQ(Run({"cancel-session", "ambassadors/1/sessions/2", "--json"}), cli::kDone);
  EXPECT_EQ(json::parse(out_.str())["name"], "ambassadors/1/sessions/2");
  for (const std::vector<std::string>& wrong : {std::vector<std::string>{"cancel-session"},
                                                {"cancel-session", "bookings/1"},
                                                {"cancel-session", "offers/1/sessions/2", "x"}}) {
    EXPECT_EQ(Run(wrong), cli::kUsage);
  }
}

TEST_F(CliTest, TakesAStepOfABooking) {
  ASSERT_EQ(Run({"accept", "bookings/7", "--request-id", "k"}), cli::kDone) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("confirmée"));
  EXPECT_EQ(Run({"accept", "7", "--etag", "old"}), cli::kRefused);
  EXPECT_THAT(err_.str(), HasSubstr("La réservation a changé entre-temps."));
}

}  // namespace
}  // namespace dm::gateway
