#include "services/gateway/portal/session_renewals.h"

#include "absl/synchronization/notification.h"
#include "services/gateway/portal/form_fields.h"
#include "tests/support/settable_clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dm::gateway {
namespace {

using ::testing::ElementsAre;

constexpr char kIssuer[] = "https://connexion.example";

// An issuer that is a function: it hears what is renewed, and says what comes of it.
class SessionRenewalsTest : public ::testing::Test {
 protected:
  static SignedIn Session(const std::string& refresh_token) {
    return {.access_token = "a", .refresh_token = refresh_token};
  }
  std::future<SessionRenewals::Answer> Renew(const std::string& refresh_token) {
    const auto answer = std::make_shared<std::promise<SessionRenewals::Answer>>();
    renewals_->Renew(Session(refresh_token),
                     [answer](const SessionRenewals::Answer& given) { answer->set_value(given); });
    return answer->get_future();
  }
  absl::Status End(const std::string& refresh_token) {
    std::promise<absl::Status> told;
    std::future<absl::Status> when_told = told.get_future();
    renewals_->End(Session(refresh_token),
                   [&told](const absl::Status& status) { told.set_value(status); });
    return when_told.get();
  }
  std::vector<std::string> taken_back() {
    absl::MutexLock lock(&mutex_);
    return taken_back_;
  }

  // What the issuer gives for a refresh token: the next one, or nothing new.
  std::function<std::string(const std::string&)> next_ = [](const std::string& now) {
    return now + "+";
  };
  testing::SettableClock clock_{absl::FromUnixSeconds(1'790'000'000)};

 private:
  absl::StatusOr<WebAnswer> Answer(const WebRequest& request) {
    if (request.form.empty()) {
      return WebAnswer{200, nlohmann::json({{"issuer", kIssuer},
                                            {"authorization_endpoint", "https://c.example/a"},
                                            {"token_endpoint", "https://c.example/token"},
                                            {"jwks_uri", "https://c.example/jwks"},
                                            {"revocation_endpoint", "https://c.example/revoke"}})
                                .dump()};
    }
    auto form = DecodeFields(request.form);
    if (request.url == "https://c.example/revoke") {
      absl::MutexLock lock(&mutex_);
      taken_back_.push_back(form["token"]);
      return WebAnswer{200, "{}"};
    }
    return WebAnswer{200, nlohmann::json({{"access_token", "b"},
                                          {"refresh_token", next_(form["refresh_token"])},
                                          {"expires_in", 600}})
                              .dump()};
  }

  absl::Mutex mutex_;
  std::vector<std::string> taken_back_ ABSL_GUARDED_BY(mutex_);
  IdentityProvider provider_{{.discovery_url = "https://c.example/.well-known/openid-configuration",
                              .issuer = kIssuer,
                              .client_id = "portal",
                              .client_secret = "",
                              .redirect_uri = "",
                              .after_sign_out = ""},
                             [this](const WebRequest& request) { return Answer(request); },
                             &clock_};

 protected:
  // The last, and so the first to go: it calls all the others.
  std::unique_ptr<SessionRenewals> renewals_ =
      std::make_unique<SessionRenewals>(&provider_, &clock_);
};

TEST_F(SessionRenewalsTest, TakeBackWhatCameAfterASignOut) {
  absl::Notification renewing;
  absl::Notification ended;
  next_ = [&](const std::string&) {
    renewing.Notify();
    ended.WaitForNotification();
    return "2";
  };
  std::future<SessionRenewals::Answer> answer = Renew("1");
  renewing.WaitForNotification();
  EXPECT_TRUE(End("1").ok());
  // Who comes now does not even wait.
  EXPECT_TRUE(absl::IsCancelled(Renew("1").get().status()));
  ended.Notify();
  EXPECT_TRUE(absl::IsCancelled(answer.get().status()));
  EXPECT_THAT(taken_back(), ElementsAre("1", "2"));
}

TEST_F(SessionRenewalsTest, TakeBackTheLastTokenOfASession) {
  ASSERT_EQ(Renew("1").get()->refresh_token, "1+");
  EXPECT_TRUE(End("1").ok());
  // The issuer is told once.
  EXPECT_TRUE(End("1").ok());
  EXPECT_THAT(taken_back(), ElementsAre("1+"));
}

TEST_F(SessionRenewalsTest, GiveNothingAgainThatSignedOut) {
  ASSERT_EQ(Renew("1").get()->refresh_token, "1+");
  EXPECT_EQ(Renew("1").get()->refresh_token, "1+");
  EXPECT_TRUE(End("1+").ok());
  // A window that asked before it heard of the new token.
  EXPECT_TRUE(absl::IsCancelled(Renew("1").get().status()));
}

TEST_F(SessionRenewalsTest, AskAgainWithATokenThatStaysTheSame) {
  int asked = 0;
  next_ = [&](const std::string& now) {
    ++asked;
    return now;
  };
  for (int i = 1; i <= 2; ++i) {
    EXPECT_EQ(Renew("1").get()->refresh_token, "1");
    EXPECT_EQ(asked, i);
  }
}

}  // namespace
}  // namespace dm::gateway
