#pragma once

#include "absl/strings/string_view.h"

#include <optional>

// The audiences of destinationmetier.type.v1.Audience by number, for layers that know no proto.
namespace dm::catalogue {

// The number of "TROISIEME", the enum's name without its prefix; absent for a name that is none.
std::optional<int> AudienceNumber(absl::string_view name);

// What people call the audience: "Élèves de 3e". Empty for a number that is none.
absl::string_view AudienceLabel(int number);

}  // namespace dm::catalogue
