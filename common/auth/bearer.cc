#include "common/auth/bearer.h"

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "common/errors/error.h"

namespace dm::auth {

absl::StatusOr<absl::string_view> BearerToken(absl::string_view authorization) {
  if (authorization.empty()) return absl::string_view();
  constexpr absl::string_view kScheme = "bearer ";
  absl::string_view token;
  if (absl::StartsWithIgnoreCase(authorization, kScheme)) {
    token = absl::StripAsciiWhitespace(authorization.substr(kScheme.size()));
  }
  // Two headers of the name reach us as one with a comma.
  if (!token.empty() && token.find_first_of(", \t") == absl::string_view::npos) return token;
  return MakeError(absl::StatusCode::kUnauthenticated,
                   "authorization must be 'Bearer' and one access token",
                   {.reason = "TOKEN_INVALID"});
}

}  // namespace dm::auth
