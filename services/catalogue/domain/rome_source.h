#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

#include <optional>
#include <string>

namespace dm::catalogue {

// The line that the licence of ROME asks for wherever its texts are shown: who publishes it, which
// version, and of what day when that is known. Empty without a version.
std::string RomeAttribution(absl::string_view version, std::optional<absl::CivilDay> published);

}  // namespace dm::catalogue
