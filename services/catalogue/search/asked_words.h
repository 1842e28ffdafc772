#pragma once

#include "absl/strings/string_view.h"

#include <string>
#include <vector>

namespace dm::catalogue::search {

// One word of a query, folded.
struct AskedWord {
  // Any of these will do; never empty. More than one where the spelling was put right.
  std::vector<std::string> alternatives;
  // Words that begin so will do too, because people search while they type.
  bool prefix = false;

  bool operator==(const AskedWord&) const = default;
};

// The words of a query, each once; of the last one the beginning is enough.
std::vector<AskedWord> ParseAskedWords(absl::string_view query);

// For page keys: what was asked in the end, spelling put right or not, must not change from one
// page to the next.
std::string WriteAskedWords(const std::vector<AskedWord>& words);
std::vector<AskedWord> ReadAskedWords(absl::string_view written);

}  // namespace dm::catalogue::search
