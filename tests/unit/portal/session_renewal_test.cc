// How long a session lasts, and how its tokens are renewed meanwhile.
#include "tests/unit/portal/sign_in_world.h"

#include <chrono>
#include <future>
#include <string>
#include <vector>

namespace dm::gateway {
namespace {

using ::testing::StartsWith;

TEST_F(SignInTest, RenewsAnAccessTokenBeforeItEnds) {
  SignInAs("eleve-14");
  const std::string first = AuthorizationOf(Own());
  Pass(absl::Minutes(5));
  Told();
  EXPECT_EQ(AuthorizationOf(Own()), first);
  Pass(absl::Minutes(4) + absl::Seconds(30));
  EXPECT_EQ(Told()["displayName"], "Camille");
  EXPECT_NE(AuthorizationOf(Own()), first);
}

TEST_F(SignInTest, RenewsOnceForAllWhoAskAtTheSameTime) {
  SignInAs("eleve-14");
  Pass(absl::Minutes(11));
  const int before = posts_.came();
  posts_.Set(/*open=*/false);
  std::future<HttpResponse> first = Send("GET", "/auth/session", Own());
  posts_.WaitUntilCame(before + 1);
  std::future<HttpResponse> second = Send("GET", "/auth/session", Own());
  posts_.Set(/*open=*/true);
  for (std::future<HttpResponse>* answer : {&first, &second}) {
    const HttpResponse response = answer->get();
    EXPECT_EQ(nlohmann::json::parse(response.body)["signedIn"], true);
    KeepCookies(response);
    EXPECT_THAT(AuthorizationOf(Own()), StartsWith("Bearer ey"));
  }
  EXPECT_EQ(posts_.came(), before + 1);
  // What both were given is good for the next renewal.
  Pass(absl::Minutes(11));
  EXPECT_EQ(Told()["signedIn"], true);
  EXPECT_EQ(posts_.came(), before + 2);
}

TEST_F(SignInTest, EndsTheSessionInTimeWhateverWasRenewed) {
  SignInAs("eleve-14");
  for (int i = 0; i < 47; ++i) {
    Pass(absl::Minutes(10));
    ASSERT_EQ(Told()["signedIn"], true) << i;
  }
  Pass(absl::Minutes(11));
  EXPECT_EQ(Told()["signedIn"], false);
  EXPECT_EQ(AuthorizationOf(Own()), "");
}

TEST_F(SignInTest, EndsASessionThatNobodyUses) {
  SignInAs("eleve-14");
  Pass(absl::Minutes(39));
  ASSERT_EQ(Told()["signedIn"], true);
  // Ten of the access token, thirty without one.
  Pass(absl::Minutes(40));
  EXPECT_EQ(Told()["signedIn"], false);
  EXPECT_EQ(AuthorizationOf(Own()), "");
}

TEST_F(SignInTest, KeepsTheSessionWhileTheIssuerIsAway) {
  SignInAs("eleve-14");
  Pass(absl::Minutes(11));
  issuer_down_ = true;
  EXPECT_EQ(AskAsPortal("GET", "/auth/session").status, 503);
  issuer_down_ = false;
  EXPECT_EQ(Told()["signedIn"], true);
}

TEST_F(SignInTest, TellsWhoIsSignedInAsLongAsTheAccessTokenLasts) {
  SignInAs("eleve-14");
  Pass(absl::Minutes(9) + absl::Seconds(30));
  issuer_down_ = true;
  EXPECT_EQ(Told()["displayName"], "Camille");
  Pass(absl::Seconds(30));
  EXPECT_EQ(AskAsPortal("GET", "/auth/session").status, 503);
}

TEST_F(SignInTest, GivesARenewalThatGotLostAgain) {
  SignInAs("eleve-14");
  Pass(absl::Minutes(11));
  // The page was left before this came.
  ASSERT_EQ(Send("GET", "/auth/session", Own()).get().status, 200);
  const int asked = posts_.came();
  Pass(absl::Seconds(59));
  EXPECT_EQ(Told()["signedIn"], true);
  EXPECT_EQ(posts_.came(), asked);
  // It is good for the next renewal.
  Pass(absl::Minutes(11));
  EXPECT_EQ(Told()["signedIn"], true);
}

TEST_F(SignInTest, KnowsWhatGotLostForAMinute) {
  SignInAs("eleve-14");
  Pass(absl::Minutes(11));
  ASSERT_EQ(Send("GET", "/auth/session", Own()).get().status, 200);
  Pass(absl::Minutes(1));
  // A token that was used is refused.
  EXPECT_EQ(Told()["signedIn"], false);
}

TEST_F(SignInTest, RenewsHoweverManySignInsWait) {
  SignInAs("eleve-14");
  Pass(absl::Minutes(11));
  const int before = posts_.came();
  posts_.Set(/*open=*/false);
  std::vector<std::future<HttpResponse>> waiting;
  // Both threads, and then the queue: a refusal is there at once.
  for (int thread = 1; thread <= 2; ++thread) {
    waiting.push_back(Send("GET", ChooseAtIssuer(Ask("GET", "/auth/signin"), "agence"), {}));
    posts_.WaitUntilCame(before + thread);
  }
  do {
    waiting.push_back(Send("GET", "/auth/signin", {}));
  } while (waiting.back().wait_for(std::chrono::seconds(0)) == std::future_status::timeout);
  EXPECT_EQ(waiting.back().get().status, 503);
  std::future<HttpResponse> renewal = Send("GET", "/auth/session", Own());
  posts_.Set(/*open=*/true);
  const HttpResponse renewed = renewal.get();
  EXPECT_EQ(renewed.status, 200);
  KeepCookies(renewed);
}

}  // namespace
}  // namespace dm::gateway
