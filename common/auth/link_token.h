#pragma once

#include "absl/strings/string_view.h"

#include <string>

// One-time links for people without an account. A link's token is all that its holder needs, so it
// is as long as a key, is stored as a hash only, and travels in bodies, never in a URL that
// somebody logs.
namespace dm::auth {

// 128 random bits of OpenSSL's generator, as 22 characters of base64url. That many cannot be
// guessed, however often somebody tries: no limit of attempts stands behind it.
std::string NewLinkToken();

// The 32 bytes that are stored: SHA-256. No salt, since a token is never the same twice.
std::string HashOfLinkToken(absl::string_view token);

}  // namespace dm::auth
