#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "common/auth/jwk.h"
#include "common/auth/known_tokens.h"
#include "common/auth/token_verifier.h"
#include "common/time/clock.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace dm::auth {

// The role that a token's `roles` names so; absent for one that the suite does not know.
std::optional<Role> ParseRole(absl::string_view name);

// Whether a text can be a token's `sub` here: 1 to 128 letters, digits and "._:-".
bool IsAccountId(absl::string_view text);

// Verifies OIDC access tokens (RFC 7519, RFC 9068) as RFC 8725 advises: compact JWS of at most 4
// KiB, of type at+jwt or JWT, with ES256 or RS256, whichever the key that `kid` names is for; no
// key and no address of a key from the token itself; JSON without a name twice; `iss` and `aud` as
// configured, `exp`, `nbf` and `iat` with a skew of 30 s; no ID token; `sub` of a form that is safe
// in names; `acr` a text. Where some `acr` are asked of staff, its roles count with one of them
// alone: without it they are withheld, and the caller is who they are by their other roles. A token
// that came lately is not verified again, but it ends with its time and with its keys. Thread-safe.
class JwtVerifier final : public TokenVerifier {
 public:
  // What the tokens are for: calls of the suite, or (as OpenID Connect has it) to tell the client
  // `audience` who signed in. Neither passes for the other; an ID token need not tell its type.
  enum class Kind { kAccess, kId };

  // `clock` outlives this. `staff_acr` has passed CheckAcrValues; empty: nothing is asked of staff.
  // No token is valid before SetKeys.
  JwtVerifier(std::string issuer, std::string audience, const Clock* clock,
              Kind kind = Kind::kAccess, std::string staff_acr = "");

  // Replaces the keys, for rotation.
  void SetKeys(KeySet keys);

  // What is asked, on the caller's thread, when a token names a key that there is not: whether it
  // may be there in a moment. Null: it will not.
  void OnUnknownKey(std::function<bool()> ask);

  absl::StatusOr<Caller> Verify(absl::string_view token) const override;

 private:
  // What is true of the token whatever time it is.
  absl::StatusOr<KnownToken> Examine(absl::string_view token,
                                     std::shared_ptr<const KeySet> keys) const;
  absl::Status UnknownKey() const;

  const std::string issuer_;
  const std::string audience_;
  const Clock* const clock_;
  const Kind kind_;
  const std::string staff_acr_;
  mutable absl::Mutex mutex_;
  std::shared_ptr<const KeySet> keys_ ABSL_GUARDED_BY(mutex_);
  std::function<bool()> on_unknown_key_ ABSL_GUARDED_BY(mutex_);
  mutable KnownTokens known_;
};

}  // namespace dm::auth
