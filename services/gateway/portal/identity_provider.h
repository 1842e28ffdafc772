#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/auth/jwt_verifier.h"
#include "common/time/clock.h"
#include "services/gateway/portal/web_client.h"

#include <memory>
#include <optional>
#include <string>

namespace dm::gateway {

// What somebody who signed in has.
struct SignedIn {
  std::string access_token;
  // Empty when the issuer gave none.
  std::string refresh_token;
  absl::Time access_ends;
  // What the issuer calls the person; may be empty.
  std::string display_name;
};

// An OpenID Connect issuer (Core 1.0, Discovery 1.0) as the authorization code flow with PKCE (RFC
// 7636) needs it. Calls wait for the issuer. Thread-safe.
class IdentityProvider {
 public:
  struct Options {
    // Address of the discovery document.
    std::string discovery_url;
    // What `issuer` has to be, there and in the tokens.
    std::string issuer;
    std::string client_id;
    // Empty for a public client.
    std::string client_secret;
    // Where the issuer sends the browser back to.
    std::string redirect_uri;
    // Where it sends the browser after signing out.
    std::string after_sign_out;
    // Who showed the issuer longer ago who they are has to do so again.
    absl::Duration oldest_authentication = absl::Minutes(30);
    // How staff has to sign in, as `acr_values`; empty: as everybody.
    std::string staff_acr;
  };

  // `clock` outlives this.
  IdentityProvider(Options options, WebClient web, const Clock* clock);

  // Where the browser goes to sign in. `challenge` is S256. `as_staff` asks the issuer for what
  // staff needs, which might be a second factor: nobody else is asked for one.
  absl::StatusOr<std::string> SignInUrl(absl::string_view state, absl::string_view nonce,
                                        absl::string_view challenge, bool as_staff);
  // Turns the code that came back into tokens. UNAUTHENTICATED when the issuer refuses it or its
  // ID token is not for this client and this attempt, or tells of no recent authentication.
  absl::StatusOr<SignedIn> Redeem(absl::string_view code, absl::string_view verifier,
                                  absl::string_view nonce);
  // UNAUTHENTICATED when the issuer has ended the session.
  absl::StatusOr<SignedIn> Renew(const SignedIn& now);
  // Has the issuer take its refresh token back (RFC 7009), where it can and answers: a copy of the
  // session is then worth no more than its access token.
  void EndRenewals(const SignedIn& now);
  // Where the browser goes to sign out of the issuer too; empty when the issuer knows no such
  // thing.
  absl::StatusOr<std::string> SignOutUrl();

  const std::string& issuer() const { return options_.issuer; }

 private:
  struct Metadata {
    std::string authorization_endpoint;
    std::string token_endpoint;
    std::string jwks_uri;
    std::string end_session_endpoint;
    std::string revocation_endpoint;
    absl::Time read_at;
  };

  absl::StatusOr<Metadata> Discover();
  absl::StatusOr<Metadata> ReadMetadata();
  absl::StatusOr<WebAnswer> Post(const std::string& url, std::string form);
  absl::Status CheckIdToken(const std::string& token, absl::string_view nonce,
                            std::string* display_name);
  absl::Status ReadKeys();
  absl::StatusOr<WebAnswer> AskForTokens(std::string form);

  const Options options_;
  const WebClient web_;
  const Clock* const clock_;
  auth::JwtVerifier id_tokens_;
  absl::Mutex mutex_;
  std::optional<Metadata> metadata_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace dm::gateway
