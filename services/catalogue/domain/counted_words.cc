#include "services/catalogue/domain/counted_words.h"

#include "absl/strings/ascii.h"
#include "services/catalogue/domain/words.h"

#include <algorithm>

namespace dm::catalogue {

std::string CountedWords(absl::string_view query) {
  const bool tells = std::any_of(query.begin(), query.end(), [](char byte) {
    return byte == '@' || absl::ascii_isdigit(static_cast<unsigned char>(byte));
  });
  if (tells) return "";
  std::string words = FoldWords(query);
  const auto spaces = static_cast<size_t>(std::count(words.begin(), words.end(), ' '));
  // Letters that are left are ASCII, or such that a byte more is a character less.
  if (spaces >= kMostCountedWords || words.size() > kLongestCountedWords) return "";
  return words;
}

}  // namespace dm::catalogue
