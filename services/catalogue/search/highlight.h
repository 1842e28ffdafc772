#pragma once

#include "absl/strings/string_view.h"
#include "services/catalogue/search/asked_words.h"

#include <vector>

namespace dm::catalogue::search {

// A part of a text in Unicode code points: the first, and the one after the last.
struct TextRange {
  int start = 0;
  int end = 0;

  bool operator==(const TextRange&) const = default;
};

// The words of a text, as it is shown, that were asked for: whole words, in ascending order.
std::vector<TextRange> FindAskedWords(absl::string_view text, const std::vector<AskedWord>& words);

}  // namespace dm::catalogue::search
