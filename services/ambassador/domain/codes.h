#pragma once

#include "absl/strings/string_view.h"

namespace dm::ambassador {

// Whether `code` is one of the 101 départements: "01" to "95" with "2A" and "2B" in the place of
// "20", and "971", "972", "973", "974", "976".
bool IsDepartment(absl::string_view code);

// Whether `code` has the form of a ROME code ("M1805"), of a sector ("90"), of an INSEE code of a
// commune ("61070", "2A004"), of a postal code. Whether there is such a thing, only the catalogue
// knows.
bool IsRomeCode(absl::string_view code);
bool IsSectorCode(absl::string_view code);
bool IsCommuneCode(absl::string_view code);
bool IsPostalCode(absl::string_view code);

// The département that a commune's code begins with.
absl::string_view DepartmentOfCommune(absl::string_view commune_code);

// Whether `code` is a way to meet or an audience, as type.v1 names its values without their prefix.
bool IsFormat(absl::string_view code);
bool IsAudience(absl::string_view code);

}  // namespace dm::ambassador
