// Who gets at the session in a cookie: requests of the portal alone, with what it sealed itself.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/unit/portal/sign_in_world.h"

#include <string>
#include <utility>
#include <vector>

namespace dm::gateway {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// The cookies that an answer sets, without those that it takes away.
std::vector<std::string> CookiesSetBy(const HttpResponse& response) {
  std::vector<std::string> cookies;
  for (const auto& [name, value] : response.headers) {
    if (name == "Set-Cookie" && !absl::StrContains(value, "Max-Age=0")) cookies.push_back(value);
  }
  return cookies;
}

TEST_F(SignInTest, KeepsBothCookiesFromScriptsAndFromOtherHosts) {
  UseHttps();
  const auto kept_well = [](const std::string& name) {
    return ElementsAre(AllOf(StartsWith(absl::StrCat("__Host-", name, "=")), HasSubstr("; Path=/;"),
                             HasSubstr("; HttpOnly"), HasSubstr("; SameSite=Lax"),
                             HasSubstr("; Secure"), Not(HasSubstr("Domain"))));
  };
  const HttpResponse begun = Ask("GET", "/auth/signin");
  EXPECT_THAT(CookiesSetBy(begun), kept_well("dm_attempt"));
  const HttpResponse done = Ask("GET", ChooseAtIssuer(begun, "eleve-14"));
  EXPECT_THAT(CookiesSetBy(done), kept_well("dm_session"));
}

TEST_F(SignInTest, KeepsTheTokenOutOfWhatScriptsAreTold) {
  SignInAs("eleve-14");
  const std::string token = AuthorizationOf(Own()).substr(std::string("Bearer ").size());
  ASSERT_FALSE(token.empty());
  EXPECT_THAT(AskAsPortal("GET", "/auth/session").body, Not(HasSubstr(token)));
}

TEST_F(SignInTest, GivesTheTokenToThePortalsOwnRequestsAlone) {
  SignInAs("eleve-14");
  EXPECT_NE(AuthorizationOf(Own(), "POST"), "");
  EXPECT_NE(AuthorizationOf({{"x-destination-metier", "portal"}}, "GET"), "");
  const std::pair<const char*, HttpHeaders> foreign[] = {
      {"no header", {{"sec-fetch-site", "same-origin"}, {"origin", kPortal}}},
      {"another site", {{"x-destination-metier", "portal"}, {"sec-fetch-site", "cross-site"}}},
      {"another host", {{"x-destination-metier", "portal"}, {"sec-fetch-site", "same-site"}}},
      {"typed", {{"x-destination-metier", "portal"}, {"sec-fetch-site", "none"}}},
      {"another origin", {{"x-destination-metier", "portal"}, {"origin", "https://evil.example"}}},
      {"another port", {{"x-destination-metier", "portal"}, {"origin", "http://127.0.0.1:8081"}}},
      {"no origin", {{"x-destination-metier", "portal"}, {"origin", "null"}}},
      {"unsaid", {{"x-destination-metier", "portal"}}},
  };
  for (const auto& [what, headers] : foreign)
    EXPECT_EQ(AuthorizationOf(headers, "POST"), "") << what;
  // A token of the caller's own is left as it is.
  HttpHeaders with_token = Own();
  with_token.emplace_back("authorization", "Bearer x");
  EXPECT_EQ(AuthorizationOf(with_token), "Bearer x");
  EXPECT_EQ(Ask("GET", "/auth/session", {{"sec-fetch-site", "cross-site"}}).body,
            R"({"signedIn":false})");
}

TEST_F(SignInTest, TakesNoCookieThatItDidNotSeal) {
  SignInAs("eleve-14");
  std::string& pair = jar_.begin()->second;
  pair[pair.size() - 10] = pair[pair.size() - 10] == 'A' ? 'B' : 'A';
  KeepCookies({});
  EXPECT_EQ(AuthorizationOf(Own()), "");
  EXPECT_EQ(Told()["signedIn"], false);
}

TEST_F(SignInTest, TakesNoAttemptForASession) {
  Ask("GET", "/auth/signin");
  jar_ = {{"dm_session",
           absl::StrCat("dm_session=",
                        jar_.at("dm_attempt").substr(std::string("dm_attempt=").size()))}};
  KeepCookies({});
  EXPECT_EQ(Told()["signedIn"], false);
}

}  // namespace
}  // namespace dm::gateway
