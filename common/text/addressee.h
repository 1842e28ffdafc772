#pragma once

#include "absl/strings/string_view.h"

#include <string>

// How people are addressed: what may stand in a salutation and in the header of a mail.
namespace dm {

// What is wrong with a value, as a short English text; empty when nothing is. A display name has 1
// to 100 characters, none of them a control character or one that turns the direction of a line; an
// address has at most 254 characters of ASCII and one recipient.
std::string DisplayNameFault(absl::string_view display_name);
std::string EmailFault(absl::string_view email);

// The mailbox behind an address, as most servers see it: in lower case and without "+tag". Two
// addresses of one mailbox may still differ here; two that do not differ are one mailbox.
std::string MailboxOf(absl::string_view email);

}  // namespace dm
