#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/auth/token_signer.h"
#include "common/time/clock.h"
#include "deploy/local/issuer/people.h"
#include "services/gateway/http/http_message.h"

#include <map>
#include <string>

namespace dm::issuer {

// An OpenID Connect issuer for one machine: whoever comes chooses who they are. Authorization code
// with PKCE, ID tokens, access tokens for the suite, refresh tokens and their revocation. What it
// handed out is forgotten when it ends. Thread-safe.
class OidcServer {
 public:
  struct Options {
    // "http://127.0.0.1:port", where it is reached. Its name in tokens is TokenClaims::issuer.
    std::string address;
    // "http://127.0.0.1:port": codes are sent to its /auth/callback alone.
    std::string portal;
    std::string client_id = "destinationmetier-portal";
    absl::Duration access_lifetime = absl::Minutes(10);
  };

  // `clock` outlives this.
  OidcServer(Options options, auth::TokenSigner signer, const Clock* clock);

  gateway::HttpResponse Answer(const gateway::HttpRequest& request);

 private:
  using Fields = std::map<std::string, std::string>;
  // What was promised to a browser that has yet to come back through the portal.
  struct Grant {
    std::string subject;
    std::string nonce;
    std::string challenge;
    absl::Time ends;
  };

  gateway::HttpResponse Discovery() const;
  gateway::HttpResponse Authorize(Fields query);
  gateway::HttpResponse GiveTokens(Fields form);
  gateway::HttpResponse Revoke(Fields form);
  gateway::HttpResponse EndSession(Fields query) const;
  gateway::HttpResponse Tokens(const Person& person, const std::string& nonce);
  std::string IdToken(const Person& person, const std::string& nonce) const;
  std::string RedirectUri() const;

  const Options options_;
  const auth::TokenSigner signer_;
  const Clock* const clock_;
  absl::Mutex mutex_;
  std::map<std::string, Grant> codes_ ABSL_GUARDED_BY(mutex_);
  // Refresh token to subject.
  std::map<std::string, std::string> sessions_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace dm::issuer
