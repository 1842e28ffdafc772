#pragma once

#include "absl/strings/string_view.h"

#include <cstddef>

namespace dm::ambassador {

// Characters (code points) of UTF-8 text.
size_t CountCharacters(absl::string_view utf8);

// Whether the bytes are UTF-8 (neither overlong forms nor surrogates) without control characters
// other than tab and line breaks: what a column of text can hold.
bool IsText(absl::string_view bytes);

}  // namespace dm::ambassador
