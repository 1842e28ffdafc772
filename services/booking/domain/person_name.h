#pragma once

#include "absl/strings/string_view.h"

#include <optional>
#include <string>

namespace dm::booking {

// The person of "people/{subject}" or, with a suffix such as "/applicant", of what hangs under
// them; "people/me" is `me`. Absent for all else.
std::optional<std::string> ParsePerson(absl::string_view name, absl::string_view suffix,
                                       const std::string& me);

// Whether "people/{subject}" is a name that took the place of somebody's: about them nothing is
// written any more, since nobody could have it taken away again.
bool IsPseudonym(absl::string_view person);

}  // namespace dm::booking
