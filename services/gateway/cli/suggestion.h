#pragma once

#include "absl/strings/string_view.h"

#include <string>
#include <vector>

namespace dm::gateway::cli {

// The one of `known` that was probably meant by what was typed: the beginning of only one, or up to
// a third of its characters wrong, missing or swapped. Empty when none is near.
std::string Nearest(absl::string_view typed, const std::vector<std::string>& known);

// " ; vouliez-vous dire « approve » ?", or nothing.
std::string Suggestion(absl::string_view typed, const std::vector<std::string>& known);

}  // namespace dm::gateway::cli
