#pragma once

#include "absl/strings/string_view.h"

#include <cstddef>
#include <string>

namespace dm {

// What is wrong with what a person wrote in their own words, as a short English text; empty when
// nothing is: more than `most` characters, or a control character other than a line break. `utf8`
// is UTF-8, as every string field of a message is.
std::string FreeTextFault(absl::string_view utf8, size_t most);

}  // namespace dm
