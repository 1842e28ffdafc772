#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

// Values of `acr`, which says how somebody authenticated (OpenID Connect Core 1.0, 2), as
// `acr_values` lists them: a space between two. What each means is between an issuer and who runs
// the suite.
namespace dm::auth {

// FAILED_PRECONDITION for what is no such list, or could not be told in a header (RFC 9470, 3):
// values are visible ASCII without quote and backslash. Empty is none, and fine.
absl::Status CheckAcrValues(absl::string_view values);

bool IsAmongAcrValues(absl::string_view values, absl::string_view acr);

}  // namespace dm::auth
