// Which answers of the issuer sign somebody in: those to an attempt of this browser, once.
#include "absl/strings/str_cat.h"
#include "services/gateway/portal/form_fields.h"
#include "tests/unit/portal/sign_in_world.h"

#include <utility>
#include <vector>

namespace dm::gateway {
namespace {

TEST_F(SignInTest, RefusesAnAnswerThatBelongsToNoAttemptOfThisBrowser) {
  const std::string back = ChooseAtIssuer(Ask("GET", "/auth/signin"), "eleve-14");
  // Another state, another issuer, another browser, too late.
  EXPECT_EQ(Ask("GET", absl::StrCat(back, "x")).Header("Location"), "/connexion?cause=expiration");
  EXPECT_EQ(Ask("GET", "/auth/callback?code=a").Header("Location"), "/connexion?cause=expiration");
  auto query = QueryOf(back);
  EXPECT_EQ(
      Ask("GET", absl::StrCat("/auth/callback?", EncodeFields({{"code", query["code"]},
                                                               {"state", query["state"]},
                                                               {"iss", "https://evil.example"}})))
          .Header("Location"),
      "/connexion?cause=expiration");
  const auto jar = jar_;
  jar_.clear();
  cookie_.clear();
  EXPECT_EQ(Ask("GET", back).Header("Location"), "/connexion?cause=expiration");
  jar_ = jar;
  KeepCookies({});
  Pass(absl::Minutes(11));
  EXPECT_EQ(Ask("GET", back).Header("Location"), "/connexion?cause=expiration");
  EXPECT_EQ(Told()["signedIn"], false);
}

TEST_F(SignInTest, TakesOneAnswerToAnAttemptAndAsksTheIssuerForNoOther) {
  const std::string back = ChooseAtIssuer(Ask("GET", "/auth/signin"), "eleve-14");
  const auto jar = jar_;
  EXPECT_EQ(Ask("GET", back).Header("Location"), "/");
  const int asked = posts_.came();
  // A browser that keeps the cookie of its attempt nevertheless.
  jar_ = jar;
  KeepCookies({});
  EXPECT_EQ(Ask("GET", back).Header("Location"), "/connexion?cause=expiration");
  auto query = QueryOf(back);
  query["code"] = "another";
  const FormFields fields(query.begin(), query.end());
  EXPECT_EQ(Ask("GET", absl::StrCat("/auth/callback?", EncodeFields(fields))).Header("Location"),
            "/connexion?cause=expiration");
  EXPECT_EQ(posts_.came(), asked);
}

TEST_F(SignInTest, TakesNoCodeThatWasStolenFromAnotherAttempt) {
  auto stolen = QueryOf(ChooseAtIssuer(Ask("GET", "/auth/signin"), "agence"));
  auto mine = QueryOf(Ask("GET", "/auth/signin").Header("Location"));
  const HttpResponse done =
      Ask("GET", absl::StrCat("/auth/callback?",
                              EncodeFields({{"code", stolen["code"]}, {"state", mine["state"]}})));
  EXPECT_EQ(done.Header("Location"), "/connexion?cause=refus");
}

TEST_F(SignInTest, WantsToKnowThatWhoComesShowedLatelyWhoTheyAre) {
  const auto ago = [&](absl::Duration age) { return absl::ToUnixSeconds(clock_.Now() - age); };
  const std::pair<nlohmann::json, const char*> cases[] = {
      {ago(absl::Minutes(40)), "/mon-espace"},
      {ago(absl::Minutes(42)), "/connexion?cause=refus"},
      {absl::StrCat(ago(absl::ZeroDuration())), "/connexion?cause=refus"},
      // Takes the claim away.
      {nullptr, "/connexion?cause=refus"},
  };
  for (const auto& [time, lands] : cases) {
    id_claims_ = {{"auth_time", time}};
    EXPECT_EQ(SignInAs("eleve-14").Header("Location"), lands) << time;
  }
}

TEST_F(SignInTest, TakesNoIdTokenThatIsForAnotherClient) {
  for (const nlohmann::json& audience : std::vector<nlohmann::json>{
           "another-client", auth::TokenClaims().audience, nlohmann::json::array(), nullptr}) {
    id_claims_ = {{"aud", audience}};
    EXPECT_EQ(SignInAs("eleve-14").Header("Location"), "/connexion?cause=refus") << audience;
  }
  EXPECT_EQ(Told()["signedIn"], false);
}

TEST_F(SignInTest, TakesNoAccessTokenForAnIdToken) {
  access_for_id_token_ = true;
  EXPECT_EQ(SignInAs("eleve-14").Header("Location"), "/connexion?cause=refus");
  // Not even one that is for the portal.
  id_claims_ = {{"aud", "destinationmetier-portal"}};
  EXPECT_EQ(SignInAs("eleve-14").Header("Location"), "/connexion?cause=refus");
  EXPECT_EQ(Told()["signedIn"], false);
}

}  // namespace
}  // namespace dm::gateway
