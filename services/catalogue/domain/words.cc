#include "services/catalogue/domain/words.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include <cstdint>

namespace dm::catalogue {
namespace {

// Base letters of U+00C0 to U+017F; '*' where two letters stand for one.
constexpr absl::string_view kLatin =
    "aaaaaa*ceeeeiiiidnooooo ouuuuy**aaaaaa*ceeeeiiiidnooooo ouuuuy*y"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii**jjkkklllllll"
    "lllnnnnnnnnnoooooo**rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
constexpr uint32_t kLatinFirst = 0xC0;

constexpr uint32_t kReplacement = 0xFFFD;

// The next code point of `rest`, which loses its bytes. A byte that begins none is replaced.
uint32_t NextCodePoint(absl::string_view* rest) {
  const auto lead = static_cast<uint8_t>(rest->front());
  const size_t size = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  uint32_t code = size == 1 ? lead : lead & (0xFFu >> (size + 1));
  bool whole = size > 0 && size <= rest->size();
  for (size_t i = 1; whole && i < size; ++i) {
    const auto byte = static_cast<uint8_t>((*rest)[i]);
    whole = (byte & 0xC0) == 0x80;
    code = code << 6 | (byte & 0x3Fu);
  }
  rest->remove_prefix(whole ? size : 1);
  return whole ? code : kReplacement;
}

absl::string_view TwoLetters(uint32_t code) {
  switch (code) {
    case 0xC6:
    case 0xE6:
      return "ae";
    case 0x152:
    case 0x153:
      return "oe";
    case 0xDF:
      return "ss";
    case 0xDE:
    case 0xFE:
      return "th";
    default:
      return "ij";
  }
}

bool IsCombiningMark(uint32_t code) { return code >= 0x300 && code <= 0x36F; }

// Letters of other scripts stay as they are: they match themselves.
bool IsForeignLetter(uint32_t code) {
  constexpr uint32_t kOghamSpace = 0x1680;
  if (code == kOghamSpace) return false;
  return (code >= 0x370 && code < 0x2000) || (code >= 0x2C00 && code < 0x3000) ||
         (code >= 0x3040 && code < 0xE000);
}

// Does not end with a space.
void AppendSpace(std::string* out) {
  if (!out->empty() && out->back() != ' ') out->push_back(' ');
}

const absl::flat_hash_set<absl::string_view>& LittleWords() {
  static const auto* const words = new absl::flat_hash_set<absl::string_view>{
      "a",    "au",   "aux",   "avec", "ce",   "ces", "d",    "dans", "de",    "des",  "du",
      "elle", "en",   "et",    "eux",  "il",   "ils", "j",    "je",   "l",     "la",   "le",
      "les",  "leur", "leurs", "lui",  "m",    "ma",  "mais", "me",   "mes",   "mon",  "n",
      "ne",   "nos",  "notre", "nous", "on",   "ou",  "par",  "pas",  "plus",  "pour", "qu",
      "que",  "qui",  "s",     "sa",   "sans", "se",  "ses",  "son",  "sous",  "sur",  "t",
      "ta",   "te",   "tes",   "ton",  "tu",   "un",  "une",  "vos",  "votre", "vous", "y"};
  return *words;
}

// Replaces an ending when enough of the word stands before it.
bool ReplaceEnding(absl::string_view ending, absl::string_view with, size_t stem,
                   std::string* word) {
  if (word->size() < stem + ending.size() || !absl::EndsWith(*word, ending)) return false;
  word->resize(word->size() - ending.size());
  absl::StrAppend(word, with);
  return true;
}

void DropPlural(std::string* word) {
  if (ReplaceEnding("eaux", "eau", 0, word) || ReplaceEnding("aux", "al", 2, word)) return;
  if (!ReplaceEnding("s", "", 2, word)) ReplaceEnding("x", "", 2, word);
}

void DropFinalE(std::string* word) {
  const size_t last = word->find_last_not_of('e');
  if (last != std::string::npos && last >= 2) word->resize(last + 1);
}

// Letters of other scripts are several bytes, of which two may be the same.
void DropDoubledLetters(std::string* word) {
  std::string single;
  for (const char letter : *word) {
    if (single.empty() || single.back() != letter || !absl::ascii_isalpha(letter)) {
      single.push_back(letter);
    }
  }
  *word = std::move(single);
}

void DropGender(std::string* word) {
  ReplaceEnding("tric", "teu", 1, word);
  if (!ReplaceEnding("eur", "eu", 2, word)) ReplaceEnding("eus", "eu", 2, word);
  ReplaceEnding("if", "iv", 2, word);
}

std::string FoldWord(absl::string_view word) {
  std::string folded(word);
  DropPlural(&folded);
  DropFinalE(&folded);
  DropDoubledLetters(&folded);
  DropGender(&folded);
  return folded;
}

}  // namespace

std::string PlainText(absl::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  while (!text.empty()) {
    const absl::string_view before = text;
    const uint32_t code = NextCodePoint(&text);
    if (code < 0x80) {
      const char letter = absl::ascii_tolower(static_cast<unsigned char>(code));
      if (absl::ascii_isalnum(letter)) {
        plain.push_back(letter);
      } else {
        AppendSpace(&plain);
      }
    } else if (code >= kLatinFirst && code < kLatinFirst + kLatin.size()) {
      const char base = kLatin[code - kLatinFirst];
      if (base == '*') {
        absl::StrAppend(&plain, TwoLetters(code));
      } else if (base == ' ') {
        AppendSpace(&plain);
      } else {
        plain.push_back(base);
      }
    } else if (IsForeignLetter(code)) {
      absl::StrAppend(&plain, before.substr(0, before.size() - text.size()));
    } else if (!IsCombiningMark(code)) {
      AppendSpace(&plain);
    }
  }
  if (!plain.empty() && plain.back() == ' ') plain.pop_back();
  return plain;
}

std::string FoldWords(absl::string_view text) {
  const std::string plain = PlainText(text);
  std::string folded;
  for (const absl::string_view word : absl::StrSplit(plain, ' ', absl::SkipEmpty())) {
    if (LittleWords().contains(word)) continue;
    AppendSpace(&folded);
    absl::StrAppend(&folded, FoldWord(word));
  }
  return folded;
}

}  // namespace dm::catalogue
