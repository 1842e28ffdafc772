// The way to the issuer and back to the page that it began at.
#include "absl/strings/str_cat.h"
#include "services/gateway/portal/form_fields.h"
#include "tests/unit/portal/sign_in_world.h"

#include <utility>
#include <vector>

namespace dm::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

TEST_F(SignInTest, AsksTheIssuerWithStateNonceAndChallenge) {
  const HttpResponse begun = Ask("GET", "/auth/signin?return=%2Fmon-espace");
  EXPECT_EQ(begun.status, 303);
  auto query = QueryOf(begun.Header("Location"));
  EXPECT_EQ(query["response_type"], "code");
  EXPECT_EQ(query["code_challenge_method"], "S256");
  EXPECT_EQ(query["redirect_uri"], "http://127.0.0.1:8080/auth/callback");
  EXPECT_EQ(query["max_age"], "1800");
  for (const char* name : {"state", "nonce", "code_challenge"})
    EXPECT_EQ(query[name].size(), 43u) << name;
  auto again = QueryOf(Ask("GET", "/auth/signin").Header("Location"));
  for (const char* name : {"state", "nonce", "code_challenge"})
    EXPECT_NE(query[name], again[name]) << name;
}

// A second factor, maybe, which pupils do not have.
TEST_F(SignInTest, AsksForTheAcrOfStaffOnlyWhoIsSignedInAsStaff) {
  const auto asked = [this] {
    return QueryOf(Ask("GET", "/auth/signin").Header("Location"))["acr_values"];
  };
  EXPECT_EQ(asked(), "");
  for (const char* person : {"eleve-14", "hote-lemoine"}) {
    SignInAs(person);
    EXPECT_EQ(asked(), "") << person;
  }
  SignInAs("agence");
  EXPECT_EQ(asked(), "mfa otp");
}

TEST_F(SignInTest, BeginsForNobodyWhomAnotherSiteSendsHere) {
  for (const char* const site : {"cross-site", "same-site"}) {
    EXPECT_EQ(Ask("GET", "/auth/signin", {{"sec-fetch-site", site}}).Header("Location"),
              "/connexion")
        << site;
    EXPECT_TRUE(jar_.empty());
  }
  // The page that asks for the click knows where it leads, if that is a page of the portal.
  const std::pair<const char*, const char*> cases[] = {
      {"%2Fmini-stages%3Fdep%3D61", "/connexion?return=%2fmini-stages%3fdep%3d61"},
      {"%2F%2Fevil.example", "/connexion"}};
  for (const auto& [asked, lands] : cases) {
    EXPECT_EQ(
        Ask("GET", absl::StrCat("/auth/signin?return=", asked), {{"sec-fetch-site", "cross-site"}})
            .Header("Location"),
        lands);
  }
  // By a link of the portal, by a bookmark, and by a browser that does not say.
  for (const HttpHeaders& headers : std::vector<HttpHeaders>{
           {{"sec-fetch-site", "same-origin"}}, {{"sec-fetch-site", "none"}}, {}}) {
    EXPECT_THAT(std::string(Ask("GET", "/auth/signin", headers).Header("Location")),
                StartsWith(kIssuer));
  }
}

TEST_F(SignInTest, BringsBackToThePageAndTellsWhoIsSignedIn) {
  const HttpResponse done = SignInAs("eleve-14");
  EXPECT_EQ(done.status, 303);
  EXPECT_EQ(done.Header("Location"), "/mon-espace");
  const nlohmann::json told = Told();
  EXPECT_EQ(told["signedIn"], true);
  EXPECT_EQ(told["displayName"], "Camille");
  EXPECT_THAT(told["roles"], ElementsAre("applicant"));
  EXPECT_THAT(AuthorizationOf(Own()), StartsWith("Bearer ey"));
  // The attempt is over and its cookie gone.
  EXPECT_EQ(jar_.size(), 1u);
}

TEST_F(SignInTest, TellsWhatHostsAndAgenciesMayActOn) {
  SignInAs("hote-lemoine");
  EXPECT_THAT(Told()["companies"], ElementsAre("00061001400011"));
  SignInAs("agence");
  EXPECT_THAT(Told()["territory"], ElementsAre("14", "27", "50", "61", "76"));
}

TEST_F(SignInTest, SendsNobodyAnywhereElse) {
  const std::pair<const char*, const char*> cases[] = {
      {"%2Fmini-stages%3Fdep%3D61", "/mini-stages?dep=61"},
      {"https%3A%2F%2Fevil.example%2F", "/"},
      {"%2F%2Fevil.example", "/"},
      {"%2F%5Cevil.example", "/"},
      {"%5C%5Cevil.example", "/"},
      {"%2F%09%2Fevil.example", "/"},
      {"%2Fx%0D%0ASet-Cookie%3A%20a%3Db", "/"},
      {"javascript%3Aalert(1)", "/"},
      {"%2Fauth%2Fsignin", "/"},
      {"", "/"},
  };
  for (const auto& [asked, lands] : cases) {
    EXPECT_EQ(SignInAs("eleve-14", absl::StrCat("/auth/signin?return=", asked)).Header("Location"),
              lands)
        << asked;
  }
  EXPECT_EQ(SignInAs("eleve-14", "/auth/signin").Header("Location"), "/");
}

TEST_F(SignInTest, SaysThatTheIssuerIsAway) {
  issuer_down_ = true;
  EXPECT_EQ(Ask("GET", "/auth/signin").Header("Location"), "/connexion?cause=indisponible");
}

}  // namespace
}  // namespace dm::gateway
