#pragma once

#include "absl/status/status.h"
#include "common/auth/jwks_url.h"

#include <string>

namespace dm::auth {

// INVALID_ARGUMENT unless keys may come from there: https, or http on this machine's loopback;
// without a user in it.
absl::Status CheckKeysUrl(const std::string& url);

// A GET with the system's certificate authorities, no redirects, no proxy of the environment, at
// most 256 KiB and 5 s. UNAVAILABLE when it cannot be had.
absl::StatusOr<Downloaded> DownloadKeys(const std::string& url);

}  // namespace dm::auth
