#pragma once

#include "absl/strings/string_view.h"

namespace dm::ambassador {

// Whether `code` is a way to meet or an audience, as type.v1 names its values without their prefix.
bool IsFormat(absl::string_view code);
bool IsAudience(absl::string_view code);

}  // namespace dm::ambassador
