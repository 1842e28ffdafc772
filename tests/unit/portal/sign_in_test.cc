#include "services/gateway/portal/sign_in.h"

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "deploy/local/issuer/oidc_server.h"
#include "services/gateway/portal/form_fields.h"
#include "tests/support/settable_clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <chrono>
#include <future>

namespace dm::gateway {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kPortal[] = "http://127.0.0.1:8080";
constexpr char kIssuer[] = "http://127.0.0.1:9999";

// Lets those who come pass, or holds them up until it is opened again, and counts them.
class Gate {
 public:
  void Pass() {
    absl::MutexLock lock(&mutex_);
    ++came_;
    mutex_.Await(absl::Condition(&open_));
  }
  void Set(bool open) {
    absl::MutexLock lock(&mutex_);
    open_ = open;
  }
  int came() {
    absl::MutexLock lock(&mutex_);
    return came_;
  }
  void WaitUntilCame(int count) {
    absl::MutexLock lock(&mutex_);
    const auto enough = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return came_ >= count; };
    mutex_.Await(absl::Condition(&enough));
  }

 private:
  absl::Mutex mutex_;
  bool open_ ABSL_GUARDED_BY(mutex_) = true;
  int came_ ABSL_GUARDED_BY(mutex_) = 0;
};

// The portal's sign-in in front of the development issuer, both in this process, and a browser that
// keeps cookies.
class SignInTest : public ::testing::Test {
 protected:
  void UseHttps() { MakeSignIn("https://portail.example"); }

  HttpResponse Ask(const std::string& method, const std::string& target, HttpHeaders headers = {}) {
    std::future<HttpResponse> answer = Send(method, target, std::move(headers));
    HttpResponse response = answer.get();
    KeepCookies(response);
    return response;
  }
  // Asks without waiting for the answer, and keeps no cookie of it.
  std::future<HttpResponse> Send(const std::string& method, const std::string& target,
                                 HttpHeaders headers) {
    HttpRequest request;
    request.method = method;
    request.target = target;
    request.headers = std::move(headers);
    if (!cookie_.empty()) request.headers.emplace_back("cookie", cookie_);
    std::promise<HttpResponse> answer;
    std::future<HttpResponse> answered = answer.get_future();
    sign_in_->Handle(request, [answer = std::move(answer)](HttpResponse given) mutable {
      answer.set_value(std::move(given));
    });
    return answered;
  }
  HttpResponse AskAsPortal(const std::string& method, const std::string& target) {
    return Ask(method, target, Own());
  }
  static HttpHeaders Own() {
    return {
        {"x-destination-metier", "portal"}, {"sec-fetch-site", "same-origin"}, {"origin", kPortal}};
  }

  // Chooses a person at the issuer and gives the target that it sends the browser back to.
  std::string ChooseAtIssuer(const HttpResponse& begun, const std::string& person) {
    HttpRequest request;
    request.method = "GET";
    request.target = std::string(begun.Header("Location")).substr(std::string(kIssuer).size()) +
                     "&person=" + person;
    const std::string back(issuer_->Answer(request).Header("Location"));
    EXPECT_THAT(back, StartsWith(std::string(kPortal) + "/auth/callback?"));
    return back.substr(std::string(kPortal).size());
  }
  HttpResponse SignInAs(const std::string& person,
                        const std::string& from = "/auth/signin?return=%2Fmon-espace") {
    return Ask("GET", ChooseAtIssuer(Ask("GET", from), person));
  }

  // The Authorization header with which a request goes on to the services.
  std::string AuthorizationOf(HttpHeaders headers, const std::string& method = "GET") {
    HttpRequest request;
    request.method = method;
    request.headers = std::move(headers);
    request.headers.emplace_back("cookie", cookie_);
    sign_in_->Authorize(&request);
    EXPECT_EQ(request.Header("cookie"), "");
    return std::string(request.Header("authorization"));
  }
  nlohmann::json Told() { return nlohmann::json::parse(AskAsPortal("GET", "/auth/session").body); }

  void KeepCookies(const HttpResponse& response) {
    for (const auto& [name, value] : response.headers) {
      if (name != "Set-Cookie") continue;
      last_cookie_ = value;
      const std::string pair = value.substr(0, value.find(';'));
      const std::string key = pair.substr(0, pair.find('='));
      jar_.erase(key);
      if (!absl::StrContains(value, "Max-Age=0")) jar_[key] = pair;
    }
    cookie_.clear();
    for (const auto& [key, pair] : jar_)
      absl::StrAppend(&cookie_, cookie_.empty() ? "" : "; ", pair);
  }

  void Pass(absl::Duration time) { clock_.Set(clock_.Now() + time); }

  void MakeSignIn(const std::string& public_url) {
    provider_ = std::make_unique<IdentityProvider>(
        IdentityProvider::Options{
            .discovery_url = absl::StrCat(kIssuer, "/.well-known/openid-configuration"),
            .issuer = auth::TokenClaims().issuer,
            .client_id = "destinationmetier-portal",
            .client_secret = "",
            .redirect_uri = absl::StrCat(kPortal, "/auth/callback"),
            .after_sign_out = absl::StrCat(kPortal, "/")},
        [this](const WebRequest& web) -> absl::StatusOr<WebAnswer> {
          if (issuer_down_) return absl::UnavailableError("down");
          if (!web.form.empty()) posts_.Pass();
          HttpRequest request;
          request.method = web.form.empty() ? "GET" : "POST";
          request.target = web.url.substr(std::string(kIssuer).size());
          request.body = web.form;
          const HttpResponse response = issuer_->Answer(request);
          return WebAnswer{response.status, WithIdClaims(response.body)};
        },
        &clock_);
    sign_in_ = std::make_unique<SignIn>(SignIn::Options{public_url, absl::Hours(8)},
                                        SealedText::FromKeys(std::string(64, 'a')).value(),
                                        provider_.get(), &clock_);
  }

  // What the issuer answered; where that is tokens, its ID token says `id_claims_` too.
  std::string WithIdClaims(const std::string& body) const {
    nlohmann::json tokens = nlohmann::json::parse(body, nullptr, /*allow_exceptions=*/false);
    if (id_claims_.is_null() || !tokens.contains("id_token")) return body;
    const std::vector<std::string> parts =
        absl::StrSplit(tokens["id_token"].get<std::string>(), '.');
    std::string header;
    std::string payload;
    EXPECT_TRUE(absl::WebSafeBase64Unescape(parts[0], &header));
    EXPECT_TRUE(absl::WebSafeBase64Unescape(parts[1], &payload));
    nlohmann::json claims = nlohmann::json::parse(payload);
    claims.merge_patch(id_claims_);
    tokens["id_token"] = signer_.SignRaw(header, claims.dump());
    return tokens.dump();
  }

  void SetUp() override {
    issuer_ = std::make_unique<issuer::OidcServer>(
        issuer::OidcServer::Options{.address = kIssuer, .portal = kPortal}, signer_, &clock_);
    MakeSignIn(kPortal);
  }

  testing::SettableClock clock_{absl::FromUnixSeconds(1'790'000'000)};
  std::atomic<bool> issuer_down_ = false;
  const auth::TokenSigner signer_ = auth::TokenSigner::Generate();
  nlohmann::json id_claims_;
  // What is posted to the issuer goes through here.
  Gate posts_;
  std::unique_ptr<issuer::OidcServer> issuer_;
  std::unique_ptr<IdentityProvider> provider_;
  std::unique_ptr<SignIn> sign_in_;
  std::map<std::string, std::string> jar_;
  std::string cookie_;
  std::string last_cookie_;
};

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

TEST_F(SignInTest, KeepsTheCookieFromScriptsAndFromOtherHosts) {
  SignInAs("eleve-14");
  const std::string session = last_cookie_;
  SignInAs("eleve-14");
  EXPECT_THAT(jar_.begin()->first, "dm_session");
  UseHttps();
  Ask("GET", "/auth/signin");
  EXPECT_THAT(last_cookie_, AllOf(StartsWith("__Host-dm_attempt="), HasSubstr("; Path=/;"),
                                  HasSubstr("; HttpOnly"), HasSubstr("; SameSite=Lax"),
                                  HasSubstr("; Secure"), Not(HasSubstr("Domain"))));
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

TEST_F(SignInTest, TakesACodeOnce) {
  const std::string back = ChooseAtIssuer(Ask("GET", "/auth/signin"), "eleve-14");
  const auto jar = jar_;
  EXPECT_EQ(Ask("GET", back).Header("Location"), "/");
  jar_ = jar;
  KeepCookies({});
  EXPECT_EQ(Ask("GET", back).Header("Location"), "/connexion?cause=refus");
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

TEST_F(SignInTest, SaysThatTheIssuerIsAway) {
  issuer_down_ = true;
  EXPECT_EQ(Ask("GET", "/auth/signin").Header("Location"), "/connexion?cause=indisponible");
}

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
  SignInAs("eleve-14");
  const std::string back = ChooseAtIssuer(Ask("GET", "/auth/signin"), "eleve-14");
  const int before = posts_.came();
  posts_.Set(/*open=*/false);
  std::vector<std::future<HttpResponse>> waiting;
  // Both threads, and then the queue: a refusal is there at once.
  for (int thread = 1; thread <= 2; ++thread) {
    waiting.push_back(Send("GET", back, {}));
    posts_.WaitUntilCame(before + thread);
  }
  do {
    waiting.push_back(Send("GET", back, {}));
  } while (waiting.back().wait_for(std::chrono::seconds(0)) == std::future_status::timeout);
  EXPECT_EQ(waiting.back().get().status, 503);
  EXPECT_EQ(AskAsPortal("POST", "/auth/signout").status, 503);
  EXPECT_EQ(jar_.count("dm_session"), 0u);
  EXPECT_EQ(Told()["signedIn"], false);
  posts_.Set(/*open=*/true);
}

TEST_F(SignInTest, LeavesALineOfWhoSignsInAndOutAndOfWhoIsNotLetIn) {
  ::testing::internal::CaptureStderr();
  SignInAs("eleve-14");
  AskAsPortal("POST", "/auth/signout");
  Ask("GET", "/auth/callback?code=made-up&state=made-up");
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, HasSubstr(R"("event":"signed_in","caller":"eleve-14")"));
  EXPECT_THAT(log, HasSubstr(R"("event":"signed_out","caller":"eleve-14")"));
  EXPECT_THAT(log, HasSubstr(R"("event":"sign_in_failed","reason":"expiration")"));
  EXPECT_THAT(log, Not(HasSubstr("made-up")));
}

}  // namespace
}  // namespace dm::gateway
