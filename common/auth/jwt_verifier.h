#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "common/auth/jwk.h"
#include "common/auth/known_tokens.h"
#include "common/auth/token_verifier.h"
#include "common/time/clock.h"

#include <memory>
#include <string>

namespace dm::auth {

// Verifies OIDC access tokens (RFC 7519, RFC 9068): compact JWS with ES256 or RS256, by the key
// that `kid` names; `iss` and `aud` as configured, `exp` and `nbf` with a skew of 30 s; `sub` of a
// form that is safe in names. A token that came lately is not verified again, but it ends with its
// time and with its keys. Thread-safe.
class JwtVerifier final : public TokenVerifier {
 public:
  // `clock` outlives this. No token is valid before SetKeys.
  JwtVerifier(std::string issuer, std::string audience, const Clock* clock);

  // Replaces the keys, for rotation.
  void SetKeys(KeySet keys);

  absl::StatusOr<Caller> Verify(absl::string_view token) const override;

 private:
  // What is true of the token whatever time it is.
  absl::StatusOr<KnownToken> Examine(absl::string_view token,
                                     std::shared_ptr<const KeySet> keys) const;

  const std::string issuer_;
  const std::string audience_;
  const Clock* const clock_;
  mutable absl::Mutex mutex_;
  std::shared_ptr<const KeySet> keys_ ABSL_GUARDED_BY(mutex_);
  mutable KnownTokens known_;
};

}  // namespace dm::auth
