#include "services/catalogue/search/near_words.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <tuple>
#include <utility>

namespace dm::catalogue::search {
namespace {

constexpr size_t kLongestWord = 40;
constexpr size_t kMostCorrections = 3;

// Which letters a word has. One edit changes two of these bits at most, so that most words need no
// closer look.
uint64_t Letters(absl::string_view word) {
  uint64_t letters = 0;
  for (const char letter : word) letters |= uint64_t{1} << (static_cast<uint8_t>(letter) & 63);
  return letters;
}

// In short words every letter tells them apart.
int MostEdits(size_t length) { return length < 4 ? 0 : length < 7 ? 1 : kMostEdits; }

}  // namespace

int EditsBetween(absl::string_view a, absl::string_view b, int most) {
  const int beyond = most + 1;
  if (a.size() > kLongestWord || b.size() > kLongestWord) return beyond;
  if (std::abs(static_cast<int>(a.size()) - static_cast<int>(b.size())) > most) return beyond;
  using Row = std::array<int, kLongestWord + 1>;
  Row before_last{};
  Row last{};
  Row row{};
  for (size_t j = 0; j <= b.size(); ++j) last[j] = static_cast<int>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = static_cast<int>(i);
    int least = row[0];
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] =
          std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
      least = std::min(least, row[j]);
    }
    if (least > most) return beyond;
    before_last = std::exchange(last, row);
  }
  return std::min(last[b.size()], beyond);
}

NearestWords::NearestWords(std::string word)
    : word_(std::move(word)), letters_(Letters(word_)), most_edits_(MostEdits(word_.size())) {}

void NearestWords::Consider(absl::string_view candidate) {
  if (most_edits_ == 0) return;
  if (std::abs(static_cast<int>(candidate.size()) - static_cast<int>(word_.size())) > most_edits_ ||
      __builtin_popcountll(letters_ ^ Letters(candidate)) > 2 * most_edits_) {
    return;
  }
  const int edits = EditsBetween(word_, candidate, most_edits_);
  if (edits > most_edits_) return;
  // Only the nearest count: a word two letters off is no rival of one that is one letter off.
  if (edits < most_edits_) {
    most_edits_ = std::max(edits, 1);
    candidates_.erase(std::remove_if(candidates_.begin(), candidates_.end(),
                                     [edits](const auto& other) { return other.edits > edits; }),
                      candidates_.end());
  }
  candidates_.push_back({edits, candidate.front() != word_.front(), std::string(candidate)});
}

std::vector<std::string> NearestWords::Take() {
  std::sort(candidates_.begin(), candidates_.end(), [](const auto& a, const auto& b) {
    return std::tie(a.edits, a.other_beginning, a.word) <
           std::tie(b.edits, b.other_beginning, b.word);
  });
  std::vector<std::string> words;
  for (Candidate& candidate : candidates_) {
    if (words.size() == kMostCorrections) break;
    if (words.empty() || words.back() != candidate.word) words.push_back(std::move(candidate.word));
  }
  return words;
}

}  // namespace dm::catalogue::search
