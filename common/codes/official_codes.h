#pragma once

#include "absl/strings/string_view.h"

// The codes that the French state has given to things, and their shapes. Codes are text: leading
// zeros count. Whether there is such a thing only its owner knows, départements apart.
namespace dm {

// ROME: a capital letter and four digits, "D1102".
bool IsRomeCode(absl::string_view text);

// ROME's code of a sector, an interest or a job title: one to ten letters or digits.
bool IsListCode(absl::string_view text);

// INSEE's code of a commune: "61070", "2A004", "97411".
bool IsCommuneCode(absl::string_view text);

// Five digits.
bool IsPostalCode(absl::string_view text);

// NAF rev. 2 sub-class, "17.22Z".
bool IsNafCode(absl::string_view text);

// UAI, the ministry's number of a school: seven digits and the letter that checks them, "0610021S".
bool IsUai(absl::string_view text);

// The French name of a département ("61": "Orne"), of a collectivity overseas too; empty for a code
// that is none.
absl::string_view DepartmentName(absl::string_view code);

// Whether there is a département, or a collectivity overseas, of that code.
bool IsDepartment(absl::string_view code);

// The code of the département that a commune's code begins with: "61" of "61070", "974" of "97411".
absl::string_view DepartmentOfCommune(absl::string_view commune_code);

}  // namespace dm
