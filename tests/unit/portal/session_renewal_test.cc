// How long a session lasts, and how its tokens are renewed meanwhile.
#include "tests/unit/portal/sign_in_world.h"

#include <future>
#include <string>

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

}  // namespace
}  // namespace dm::gateway
