#include "services/catalogue/search/everyday_words.h"

#include "absl/strings/str_split.h"

#include <utility>

namespace dm::catalogue::search {

std::vector<EverydayWords> ParseEverydayWords(absl::string_view text) {
  std::vector<EverydayWords> all;
  bool header = true;
  for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    if (std::exchange(header, false)) continue;
    const std::pair<absl::string_view, absl::string_view> cells =
        absl::StrSplit(line, absl::MaxSplits(';', 1));
    all.push_back({std::string(cells.first), absl::StrSplit(cells.second, ' ', absl::SkipEmpty())});
  }
  return all;
}

std::vector<EverydayWords> BuiltInEverydayWords() {
  std::vector<EverydayWords> all;
  for (size_t i = 0; i < kWordFileCount; ++i) {
    std::vector<EverydayWords> more = ParseEverydayWords(kWordFiles[i].text);
    std::move(more.begin(), more.end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace dm::catalogue::search
