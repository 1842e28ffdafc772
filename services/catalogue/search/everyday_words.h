#pragma once

#include "absl/strings/string_view.h"

#include <cstddef>
#include <string>
#include <vector>

namespace dm::catalogue::search {

// everyday_words.csv, built into the program: what people call a profession who do not know its
// title. A line is the words, a semicolon and ROME codes, the likeliest first.
struct EmbeddedWordFile {
  const char* name;
  const char* text;
};
extern const EmbeddedWordFile kWordFiles[];
extern const size_t kWordFileCount;

// One line of it.
struct EverydayWords {
  std::string words;
  std::vector<std::string> professions;
};
std::vector<EverydayWords> ParseEverydayWords(absl::string_view text);

// Those that are built in.
std::vector<EverydayWords> BuiltInEverydayWords();

}  // namespace dm::catalogue::search
