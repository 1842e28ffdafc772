#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/auth/caller.h"

namespace dm::auth {

// Turns an access token into a caller. Thread-safe, and quick enough for a gRPC thread: no network
// and no disk on the way.
class TokenVerifier {
 public:
  virtual ~TokenVerifier() = default;
  // `token` is a compact JWS without the "Bearer " before it. UNAUTHENTICATED with reason
  // TOKEN_INVALID for anything that is not a token for this suite now; the cause stays in the
  // status's message and never quotes the token.
  virtual absl::StatusOr<Caller> Verify(absl::string_view token) const = 0;
};

}  // namespace dm::auth
