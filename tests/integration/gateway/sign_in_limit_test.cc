#include "tests/integration/gateway/fake_suite.h"
#include "tests/integration/gateway/socket_client.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

namespace dm::gateway {
namespace {

// Nothing listens there.
constexpr char kNoIssuer[] = "http://127.0.0.1:1/.well-known/openid-configuration";

// Three writes an hour.
Quotas Few() {
  Quotas quotas;
  quotas[static_cast<size_t>(rpc::RateClass::kWrite)] = {3, absl::Hours(1)};
  return quotas;
}

std::unique_ptr<Portal> OpenPortal() {
  Portal::Options options;
  options.public_url = "http://127.0.0.1:8080";
  options.folder = DM_SITE;
  options.discovery_url = kNoIssuer;
  options.issuer = "https://connexion.example";
  options.client_id = "portal";
  options.session_keys = std::string(64, 'a');
  return Portal::Open(std::move(options), &Clock::System()).value();
}

class SignInLimit : public testing::Test {
 protected:
  std::string LandingOf(const std::string& target) {
    return client_.Ask("GET", target).Header("location");
  }

  FakeSuite suite_;
  RunningGateway gateway_{suite_.Channel(), Few(), &Clock::System(), nullptr, OpenPortal()};
  SocketClient client_{gateway_.http_port()};
};

TEST_F(SignInLimit, LetsNobodyAskTheIssuerWithoutEnd) {
  const std::string kBack = "/auth/callback?code=made-up&state=made-up";
  EXPECT_EQ(LandingOf("/auth/signin"), "/connexion?cause=indisponible");
  EXPECT_EQ(LandingOf("/auth/signin?return=%2Fmon-espace"), "/connexion?cause=indisponible");
  EXPECT_EQ(LandingOf(kBack), "/connexion?cause=expiration");
  EXPECT_EQ(LandingOf(kBack), "/connexion?cause=affluence");
  EXPECT_EQ(LandingOf("/auth/signin"), "/connexion?cause=affluence");
}

TEST_F(SignInLimit, LeavesPagesAndSessionsAlone) {
  for (int i = 0; i < 4; ++i) LandingOf("/auth/signin");
  ASSERT_EQ(LandingOf("/auth/signin"), "/connexion?cause=affluence");
  EXPECT_EQ(client_.Ask("GET", "/connexion?cause=affluence").status, 200);
  EXPECT_EQ(client_.Ask("GET", "/auth/session").body, R"({"signedIn":false})");
}

}  // namespace
}  // namespace dm::gateway
