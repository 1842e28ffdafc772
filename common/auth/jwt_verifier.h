#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "common/auth/jwk.h"
#include "common/auth/token_verifier.h"
#include "common/time/clock.h"

#include <memory>
#include <string>

namespace dm::auth {

// Verifies OIDC access tokens (RFC 7519, RFC 9068): compact JWS with ES256 or RS256, by the key
// that `kid` names; `iss` and `aud` as configured, `exp` and `nbf` with a skew of 30 s; `sub` of a
// form that is safe in names. Thread-safe.
class JwtVerifier final : public TokenVerifier {
 public:
  // `clock` outlives this. No token is valid before SetKeys.
  JwtVerifier(std::string issuer, std::string audience, const Clock* clock);

  // Replaces the keys, for rotation.
  void SetKeys(KeySet keys);

  absl::StatusOr<Caller> Verify(absl::string_view token) const override;

 private:
  absl::Status CheckSignature(absl::string_view header_json, absl::string_view signed_text,
                              absl::string_view signature) const;

  const std::string issuer_;
  const std::string audience_;
  const Clock* const clock_;
  mutable absl::Mutex mutex_;
  std::shared_ptr<const KeySet> keys_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace dm::auth
