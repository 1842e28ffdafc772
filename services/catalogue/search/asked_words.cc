#include "services/catalogue/search/asked_words.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/catalogue/domain/words.h"

#include <algorithm>

namespace dm::catalogue::search {
namespace {

// Shorter beginnings match half the dictionary.
constexpr size_t kShortestPrefix = 3;

}  // namespace

std::vector<AskedWord> ParseAskedWords(absl::string_view query) {
  std::vector<AskedWord> words;
  const std::string folded = FoldWords(query);
  for (const absl::string_view text : absl::StrSplit(folded, ' ', absl::SkipEmpty())) {
    AskedWord word{.alternatives = {std::string(text)}};
    words.erase(std::remove(words.begin(), words.end(), word), words.end());
    words.push_back(std::move(word));
  }
  if (!words.empty()) {
    words.back().prefix = words.back().alternatives.front().size() >= kShortestPrefix;
  }
  return words;
}

std::string WriteAskedWords(const std::vector<AskedWord>& words) {
  return absl::StrJoin(words, " ", [](std::string* out, const AskedWord& word) {
    absl::StrAppend(out, absl::StrJoin(word.alternatives, "|"), word.prefix ? "*" : "");
  });
}

std::vector<AskedWord> ReadAskedWords(absl::string_view written) {
  std::vector<AskedWord> words;
  for (absl::string_view part : absl::StrSplit(written, ' ', absl::SkipEmpty())) {
    AskedWord& word = words.emplace_back();
    word.prefix = absl::ConsumeSuffix(&part, "*");
    word.alternatives = absl::StrSplit(part, '|');
  }
  return words;
}

}  // namespace dm::catalogue::search
