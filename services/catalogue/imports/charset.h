#pragma once

#include "absl/strings/string_view.h"

#include <cstddef>
#include <optional>
#include <string>

namespace dm::catalogue {

// The place of the first byte that cannot be read as UTF-8; absent when all can.
std::optional<size_t> FirstNotUtf8(absl::string_view bytes);

bool IsUtf8(absl::string_view bytes);

// UTF-8 as it is; all else is taken for ISO-8859-15, with the signs that Windows has where
// ISO-8859-15 has control characters. That is what a French spreadsheet writes, and one file of the
// official export, in spite of its name.
std::string ToUtf8(std::string bytes);

}  // namespace dm::catalogue
