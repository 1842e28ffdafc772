#pragma once

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "deploy/local/issuer/oidc_server.h"
#include "services/gateway/portal/sign_in.h"
#include "tests/support/settable_clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace dm::gateway {

inline constexpr char kPortal[] = "http://127.0.0.1:8080";
inline constexpr char kIssuer[] = "http://127.0.0.1:9999";

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
    EXPECT_THAT(back, ::testing::StartsWith(std::string(kPortal) + "/auth/callback?"));
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
            .after_sign_out = absl::StrCat(kPortal, "/"),
            .staff_acr = "mfa otp"},
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
    if (!tokens.contains("id_token")) return body;
    if (access_for_id_token_) tokens["id_token"] = tokens["access_token"];
    if (id_claims_.is_null()) return tokens.dump();
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
  // The issuer gives its access token in the place of the ID token.
  bool access_for_id_token_ = false;
  // What is posted to the issuer goes through here.
  Gate posts_;
  std::unique_ptr<issuer::OidcServer> issuer_;
  std::unique_ptr<IdentityProvider> provider_;
  std::unique_ptr<SignIn> sign_in_;
  std::map<std::string, std::string> jar_;
  std::string cookie_;
  std::string last_cookie_;
};

}  // namespace dm::gateway
