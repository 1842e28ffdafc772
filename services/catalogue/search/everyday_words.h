#pragma once

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

#include <cstddef>
#include <string>
#include <vector>

namespace dm::catalogue::search {

// What people call a profession who do not know its title: everyday_words.csv, built into the
// program. A line is the words, a semicolon and ROME codes, the likeliest first.
struct EverydayWords {
  std::string words;
  std::vector<std::string> professions;
};
std::vector<EverydayWords> ParseEverydayWords(absl::string_view text);
// Those that are built in.
std::vector<EverydayWords> BuiltInEverydayWords();

// What is done, seen and used in a profession, and where: work_words/, a file for each grand
// domaine of ROME. A line is a ROME code, a semicolon and the words in any order.
using WorkWords = absl::flat_hash_map<std::string, std::string>;
WorkWords ParseWorkWords(absl::string_view text);
WorkWords BuiltInWorkWords();

// The files as the build embeds them.
struct EmbeddedWordFile {
  const char* name;
  const char* text;
};
extern const EmbeddedWordFile kEverydayWordFiles[];
extern const size_t kEverydayWordFileCount;
extern const EmbeddedWordFile kWorkWordFiles[];
extern const size_t kWorkWordFileCount;

}  // namespace dm::catalogue::search
