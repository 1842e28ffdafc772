#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include <openssl/evp.h>

#include <map>
#include <memory>
#include <string>

namespace dm::auth {

// A public key that tokens are verified with, and the one algorithm it may be used for: the token's
// own `alg` chooses nothing.
struct VerificationKey {
  enum class Algorithm : uint8_t { kEs256, kRs256 };
  Algorithm algorithm;
  std::shared_ptr<EVP_PKEY> key;
};

// Keys by their `kid`.
using KeySet = std::map<std::string, VerificationKey>;

// Whether the text can be a key's id here: 1 to 128 letters, digits and "-_.~:+=". It comes from
// tokens that nobody has verified yet.
bool IsKeyId(absl::string_view text);

// Reads a JWKS document (RFC 7517): EC keys on P-256 and RSA keys of at least 2048 bits that have a
// `kid` and are meant for signatures with ES256 or RS256; other keys are left out. INVALID_ARGUMENT
// when it is no JWKS, two keys have one name, or no key is left.
absl::StatusOr<KeySet> ParseJwks(absl::string_view json);

}  // namespace dm::auth
