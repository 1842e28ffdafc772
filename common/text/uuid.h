#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include <string>

namespace dm {

// A UUIDv7 (RFC 9562) in lower case: 48 bits of Unix milliseconds, then random bits of the
// operating system's generator. Ids made later sort later, to the millisecond. Thread-safe.
std::string NewUuid(absl::Time now);

// Whether `text` is a UUID in its canonical form of 36 characters; upper case is accepted.
bool IsUuid(absl::string_view text);

}  // namespace dm
