// Tokens of an issuer that we did not write (jose, of npm), good ones and forged ones, and its keys
// fetched from where it publishes them.
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/support/free_address.h"
#include "tests/support/suite.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

namespace dm {
namespace {

using nlohmann::json;
using testing::ChildProcess;
using testing::Finished;
using testing::Suite;

constexpr int kRefreshSeconds = 1;

class TokensTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    char name[] = "/tmp/dm-issuer-XXXXXX";
    folder_ = new std::string(mkdtemp(name));
    const std::string address = testing::FreeAddress();
    issuer_ = new ChildProcess("node", {DM_TOKENS "/issuer.mjs", address, *folder_},
                               *folder_ + "/issuer.log");
    // What the services look for when they start; they would wait for it too.
    Suite::Options options;
    options.jwks_url = absl::StrCat("http://", address, "/jwks");
    options.jwks_refresh = absl::StrCat(kRefreshSeconds, "s");
    options.flags = {"--staff-acr=mfa otp"};
    suite_ = new Suite(options);
  }
  static void TearDownTestSuite() {
    delete suite_;
    delete issuer_;
    std::filesystem::remove_all(*folder_);
    delete folder_;
  }

  static std::string* folder_;
  static ChildProcess* issuer_;
  static Suite* suite_;
};

std::string* TokensTest::folder_ = nullptr;
ChildProcess* TokensTest::issuer_ = nullptr;
Suite* TokensTest::suite_ = nullptr;

TEST_F(TokensTest, NeitherForgeriesNorWeakSignInsOfStaffAreTakenByAnyFace) {
  const Finished run =
      testing::RunProgram("node", {DM_TOKENS "/forgeries.mjs", *folder_, suite_->http().substr(7),
                                   suite_->grpc_address(), suite_->grpc_address("booking"),
                                   DM_ROOT "/protos", DM_ROOT "/third_party/googleapis"});
  ASSERT_EQ(run.exit_code, 0) << run.output;
  const json said = json::parse(run.output, nullptr, false);
  ASSERT_TRUE(said.is_object()) << run.output;
  int forgeries = 0;
  for (const auto& [what, faces] : said.items()) {
    for (const auto& [face, answer] : faces.items()) {
      const bool http = face == "http";
      const std::string cell = absl::StrCat(what, " over ", face, ": ", answer.dump());
      if (what.starts_with("good: ")) {
        EXPECT_EQ(answer["code"], http ? json(200) : json("OK")) << cell;
      } else if (what.starts_with("weak: ")) {
        EXPECT_EQ(answer["code"], http ? json(401) : json("UNAUTHENTICATED")) << cell;
        EXPECT_EQ(answer["reason"], "AUTHENTICATION_INSUFFICIENT") << cell;
        if (!http) continue;
        EXPECT_EQ(answer["challenge"],
                  R"(Bearer error="insufficient_user_authentication", acr_values="mfa otp")")
            << cell;
      } else if (what == "two headers" && !http) {
        // Node's HTTP/2 sends no second one and ends the stream itself.
        EXPECT_NE(answer["code"], "OK") << cell;
      } else if (what == "1 MB") {
        // Larger than any header may be: refused before anybody looks into it.
        EXPECT_TRUE(http ? answer["code"] == 431 : answer["code"] != "OK") << cell;
      } else {
        EXPECT_EQ(answer["code"], http ? json(401) : json("UNAUTHENTICATED")) << cell;
        EXPECT_EQ(answer["reason"], "TOKEN_INVALID") << cell;
      }
    }
    forgeries += what.starts_with("good: ") || what.starts_with("weak: ") ? 0 : 1;
  }
  EXPECT_GE(forgeries, 20);
  std::printf("%d forgeries, each shown to %zu faces\n", forgeries, said["alg none"].size());
}

TEST_F(TokensTest, KeysRotateUnderLoadWithoutAnyClientNoticing) {
  const Finished run =
      testing::RunProgram("node", {DM_TOKENS "/rotation.mjs", *folder_, suite_->http().substr(7),
                                   absl::StrCat(kRefreshSeconds)});
  ASSERT_EQ(run.exit_code, 0) << run.output;
  const json said = json::parse(run.output, nullptr, false);
  ASSERT_TRUE(said.is_object()) << run.output;
  EXPECT_EQ(said["failures"], json::array());
  EXPECT_GT(said["calls"], 100);
  EXPECT_EQ(said["dropped"], true);
  std::printf("%d calls while keys rotated twice\n", said["calls"].get<int>());
}

}  // namespace
}  // namespace dm
