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

bool IsAsked(absl::string_view word, const std::vector<AskedWord>& asked) {
  const std::string folded = FoldWords(word);
  if (folded.empty()) return false;
  return std::any_of(asked.begin(), asked.end(), [&folded](const AskedWord& one) {
    return std::any_of(
        one.alternatives.begin(), one.alternatives.end(), [&](const std::string& alternative) {
          return folded == alternative || (one.prefix && absl::StartsWith(folded, alternative));
        });
  });
}

}  // namespace

std::vector<TextRange> FindAskedWords(absl::string_view text, const std::vector<AskedWord>& words) {
  std::vector<TextRange> ranges;
  if (words.empty()) return ranges;
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
    } else if (IsAsked(before.substr(0, before.size() - text.size()), words)) {
      ranges.push_back({start, position});
    }
  }
  return ranges;
}

}  // namespace dm::catalogue::search
