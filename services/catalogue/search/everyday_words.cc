#include "services/catalogue/search/everyday_words.h"

#include "absl/strings/str_split.h"

#include <iterator>
#include <utility>

namespace dm::catalogue::search {
namespace {

using Cells = std::pair<absl::string_view, absl::string_view>;

// The two cells of each line below the header.
std::vector<Cells> LinesOf(absl::string_view text) {
  std::vector<Cells> lines;
  for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    lines.push_back(absl::StrSplit(line, absl::MaxSplits(';', 1)));
  }
  if (!lines.empty()) lines.erase(lines.begin());
  return lines;
}

}  // namespace

std::vector<EverydayWords> ParseEverydayWords(absl::string_view text) {
  std::vector<EverydayWords> all;
  for (const auto& [words, professions] : LinesOf(text)) {
    all.push_back({std::string(words), absl::StrSplit(professions, ' ', absl::SkipEmpty())});
  }
  return all;
}

std::vector<EverydayWords> BuiltInEverydayWords() {
  std::vector<EverydayWords> all;
  for (size_t i = 0; i < kEverydayWordFileCount; ++i) {
    std::vector<EverydayWords> more = ParseEverydayWords(kEverydayWordFiles[i].text);
    std::move(more.begin(), more.end(), std::back_inserter(all));
  }
  return all;
}

WorkWords ParseWorkWords(absl::string_view text) {
  WorkWords all;
  for (const auto& [profession, words] : LinesOf(text)) all.emplace(profession, words);
  return all;
}

WorkWords BuiltInWorkWords() {
  WorkWords all;
  for (size_t i = 0; i < kWorkWordFileCount; ++i) {
    for (auto& [profession, words] : ParseWorkWords(kWorkWordFiles[i].text)) {
      all.emplace(profession, std::move(words));
    }
  }
  return all;
}

}  // namespace dm::catalogue::search
