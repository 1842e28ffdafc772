#include "services/catalogue/search/highlight.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "services/catalogue/domain/words.h"

#include <algorithm>
#include <cstdint>
#include <string>

namespace dm::catalogue::search {
namespace {

bool IsContinuation(char byte) { return (static_cast<uint8_t>(byte) & 0xC0) == 0x80; }

// The bytes of the next code point.
absl::string_view NextCharacter(absl::string_view rest) {
  size_t size = 1;
  while (size < rest.size() && IsContinuation(rest[size])) ++size;
  return rest.substr(0, size);
}

// U+0300 to U+036F, which belong to the letter before.
bool IsCombiningMark(absl::string_view character) {
  if (character.size() != 2) return false;
  const auto lead = static_cast<uint8_t>(character[0]);
  return lead == 0xCC || (lead == 0xCD && static_cast<uint8_t>(character[1]) < 0xB0);
}

bool BelongsToWord(absl::string_view character) {
  if (character.size() == 1) return absl::ascii_isalnum(static_cast<uint8_t>(character[0]));
  return IsCombiningMark(character) || !PlainText(character).empty();
}

bool IsAsked(absl::string_view folded, const std::vector<AskedWord>& asked) {
  return std::any_of(asked.begin(), asked.end(), [folded](const AskedWord& one) {
    return std::any_of(
        one.alternatives.begin(), one.alternatives.end(), [&](const std::string& alternative) {
          return folded == alternative || (one.prefix && absl::StartsWith(folded, alternative));
        });
  });
}

}  // namespace

FoldedText::FoldedText(absl::string_view text) {
  int position = 0;
  while (!text.empty()) {
    const absl::string_view before = text;
    const int start = position;
    while (!text.empty()) {
      const absl::string_view character = NextCharacter(text);
      if (!BelongsToWord(character)) break;
      text.remove_prefix(character.size());
      ++position;
    }
    if (position == start) {
      text.remove_prefix(NextCharacter(text).size());
      ++position;
      continue;
    }
    const std::string folded = FoldWords(before.substr(0, before.size() - text.size()));
    if (folded.empty()) continue;
    words_.push_back({{start, position},
                      static_cast<uint32_t>(folded_.size()),
                      static_cast<uint32_t>(folded.size())});
    folded_ += folded;
  }
  folded_.shrink_to_fit();
  words_.shrink_to_fit();
}

std::vector<TextRange> FoldedText::Find(const std::vector<AskedWord>& words) const {
  std::vector<TextRange> ranges;
  if (words.empty()) return ranges;
  const absl::string_view folded = folded_;
  for (const Word& word : words_) {
    if (IsAsked(folded.substr(word.offset, word.size), words)) ranges.push_back(word.range);
  }
  return ranges;
}

}  // namespace dm::catalogue::search
