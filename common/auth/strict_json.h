#pragma once

#include "absl/strings/string_view.h"

#include <nlohmann/json.hpp>

#include <optional>

namespace dm::auth {

// A JSON object as a token may hold it: no name twice (two readers could see two tokens in it), not
// deeper than four levels, nothing after it. Absent for anything else.
std::optional<nlohmann::json> ParseStrictObject(absl::string_view text);

}  // namespace dm::auth
