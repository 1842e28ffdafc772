// Signing out, whatever becomes of the issuer.
#include "tests/unit/portal/sign_in_world.h"

#include <chrono>
#include <future>
#include <map>
#include <string>
#include <vector>

namespace dm::gateway {
namespace {

using ::testing::StartsWith;

TEST_F(SignInTest, SignsOutHereAndAtTheIssuer) {
  SignInAs("eleve-14");
  EXPECT_EQ(Ask("POST", "/auth/signout", {{"sec-fetch-site", "cross-site"}}).status, 403);
  EXPECT_EQ(Ask("GET", "/auth/signout").status, 404);
  ASSERT_EQ(Told()["signedIn"], true);
  const auto answer = nlohmann::json::parse(AskAsPortal("POST", "/auth/signout").body);
  EXPECT_THAT(answer["signOutUrl"], StartsWith(std::string(kIssuer) + "/end_session?"));
  EXPECT_EQ(Told()["signedIn"], false);
  EXPECT_TRUE(jar_.empty());
}

TEST_F(SignInTest, WhatWasCopiedOfASessionEndsSoonAfterItSignedOut) {
  SignInAs("eleve-14");
  const auto copy = jar_;
  AskAsPortal("POST", "/auth/signout");
  jar_ = copy;
  KeepCookies({});
  // As long as its access token, which the services verify by themselves.
  EXPECT_EQ(Told()["signedIn"], true);
  Pass(absl::Minutes(11));
  EXPECT_EQ(Told()["signedIn"], false);
}

TEST_F(SignInTest, SignsOutHereWhenTheIssuerIsAway) {
  SignInAs("eleve-14");
  // What the portal knows of the issuer is too old by then.
  Pass(absl::Minutes(11));
  issuer_down_ = true;
  EXPECT_EQ(nlohmann::json::parse(AskAsPortal("POST", "/auth/signout").body)["signOutUrl"], "");
  EXPECT_TRUE(jar_.empty());
}

TEST_F(SignInTest, SignsOutHereWhenTooManyWaitForTheIssuer) {
  std::vector<std::map<std::string, std::string>> jars;
  for (const char* const person : {"agence", "eleve-14"}) {
    SignInAs(person);
    jars.push_back(jar_);
  }
  const int before = posts_.came();
  posts_.Set(/*open=*/false);
  std::vector<std::future<HttpResponse>> waiting;
  // Both threads, and then the queue: a refusal is there at once.
  for (int thread = 1; thread <= 2; ++thread) {
    jar_ = jars[static_cast<size_t>(thread - 1)];
    KeepCookies({});
    waiting.push_back(Send("POST", "/auth/signout", Own()));
    posts_.WaitUntilCame(before + thread);
  }
  do {
    waiting.push_back(Send("POST", "/auth/signout", Own()));
  } while (waiting.back().wait_for(std::chrono::seconds(0)) == std::future_status::timeout);
  EXPECT_EQ(waiting.back().get().status, 503);
  EXPECT_EQ(AskAsPortal("POST", "/auth/signout").status, 503);
  EXPECT_EQ(jar_.count("dm_session"), 0u);
  EXPECT_EQ(Told()["signedIn"], false);
  posts_.Set(/*open=*/true);
}

TEST_F(SignInTest, EndsARenewalThatIsUnderWay) {
  SignInAs("eleve-14");
  // Its access token is good for a while yet.
  Pass(absl::Minutes(9) + absl::Seconds(30));
  const int before = posts_.came();
  posts_.Set(/*open=*/false);
  std::future<HttpResponse> renewal = Send("GET", "/auth/session", Own());
  posts_.WaitUntilCame(before + 1);
  std::future<HttpResponse> sign_out = Send("POST", "/auth/signout", Own());
  posts_.Set(/*open=*/true);
  // The browser hears of the renewal last.
  KeepCookies(sign_out.get());
  const HttpResponse renewed = renewal.get();
  KeepCookies(renewed);
  EXPECT_EQ(nlohmann::json::parse(renewed.body)["signedIn"], false);
  EXPECT_TRUE(jar_.empty());
}

TEST_F(SignInTest, EndsWhatARenewalGaveThatGotLost) {
  SignInAs("eleve-14");
  Pass(absl::Minutes(11));
  const HttpResponse lost = Send("GET", "/auth/session", Own()).get();
  AskAsPortal("POST", "/auth/signout");
  ASSERT_TRUE(jar_.empty());
  KeepCookies(lost);
  ASSERT_EQ(jar_.count("dm_session"), 1u);
  Pass(absl::Minutes(11));
  EXPECT_EQ(Told()["signedIn"], false);
}

}  // namespace
}  // namespace dm::gateway
