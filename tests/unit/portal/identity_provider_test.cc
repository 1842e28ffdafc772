#include "services/gateway/portal/identity_provider.h"

#include "absl/time/time.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace dm::gateway {
namespace {

constexpr char kIssuer[] = "https://connexion.example";

// Where a browser would be sent that wants to sign in, when the issuer's discovery document says
// this beside what is usual.
absl::StatusOr<std::string> SignInUrlWith(const nlohmann::json& said) {
  nlohmann::json document = {{"issuer", kIssuer},
                             {"authorization_endpoint", "https://connexion.example/authorize"},
                             {"token_endpoint", "https://connexion.example/token"},
                             {"jwks_uri", "https://connexion.example/jwks"}};
  document.merge_patch(said);
  IdentityProvider::Options options;
  options.discovery_url = "https://connexion.example/.well-known/openid-configuration";
  options.issuer = kIssuer;
  IdentityProvider provider(
      std::move(options),
      [&](const WebRequest&) -> absl::StatusOr<WebAnswer> {
        return WebAnswer{200, document.dump()};
      },
      &Clock::System());
  return provider.SignInUrl("state", "nonce", "challenge", /*as_staff=*/false);
}

TEST(IdentityProviderTest, BelievesADiscoveryDocumentOfItsIssuerAlone) {
  EXPECT_TRUE(SignInUrlWith(nlohmann::json::object()).ok());
  for (const char* issuer :
       {"https://evil.example", "https://connexion.example/", "https://CONNEXION.example", ""}) {
    EXPECT_FALSE(SignInUrlWith({{"issuer", issuer}}).ok()) << issuer;
  }
}

// Codes, tokens and the client's secret would be read on the way.
TEST(IdentityProviderTest, GoesNowhereInPlainText) {
  for (const char* endpoint : {"authorization_endpoint", "token_endpoint", "jwks_uri"}) {
    for (const char* url : {"http://connexion.example/x", "ftp://connexion.example/x",
                            "https://mallory@connexion.example/x", "//connexion.example/x", ""}) {
      EXPECT_FALSE(SignInUrlWith({{endpoint, url}}).ok()) << endpoint << " " << url;
    }
    EXPECT_TRUE(SignInUrlWith({{endpoint, "http://127.0.0.1:9999/x"}}).ok()) << endpoint;
  }
}

}  // namespace
}  // namespace dm::gateway
