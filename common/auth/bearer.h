#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace dm::auth {

// The access token of an Authorization header: empty without a header. UNAUTHENTICATED with reason
// TOKEN_INVALID for another scheme than Bearer, and for more than one token.
absl::StatusOr<absl::string_view> BearerToken(absl::string_view authorization);

}  // namespace dm::auth
