#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include <string>

namespace dm::notification {

struct MailAddress {
  // May be empty.
  std::string name;
  std::string address;
};

// Reads "Name <address>" or "address"; INVALID_ARGUMENT (no details) for all else.
absl::StatusOr<MailAddress> ParseMailAddress(absl::string_view text);

// Whether both parts may stand in a header: a well-formed address, and a name without control
// characters.
bool IsSafe(const MailAddress& address);

// The value of a header that holds text (RFC 2047): folded, and in ASCII.
std::string HeaderText(absl::string_view text);

// The value of From or To; `address` is safe.
std::string HeaderAddress(const MailAddress& address);

}  // namespace dm::notification
