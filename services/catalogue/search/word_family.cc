#include "services/catalogue/search/word_family.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include <cstddef>

namespace dm::catalogue::search {
namespace {

constexpr size_t kShortestRoot = 4;

// As folding leaves them; the longest that fits goes.
constexpr absl::string_view kEndings[] = {
    "isation", "icien", "ation", "ition", "ateu", "ement", "logu", "logi", "isteu", "ist", "ism",
    "ment",    "teu",   "tion",  "eri",   "ier",  "ien",   "iqu",  "icit", "age",   "ag",  "ant",
    "air",     "eu",    "er",    "ir",    "ur",   "al",    "el",   "it",   "iv",    "i",
};

}  // namespace

std::string FamilyOf(absl::string_view folded) {
  absl::string_view root = folded;
  size_t longest = 0;
  for (const absl::string_view ending : kEndings) {
    if (ending.size() > longest && folded.size() >= kShortestRoot + ending.size() &&
        absl::EndsWith(folded, ending)) {
      longest = ending.size();
    }
  }
  root.remove_suffix(longest);
  // "vendre" is folded to "vendr".
  if (longest == 0 && root.size() > kShortestRoot && absl::EndsWith(root, "dr")) {
    root.remove_suffix(1);
  }
  if (root.size() < kShortestRoot) return "";
  // "fabriquer" and "fabrication".
  if (absl::ConsumeSuffix(&root, "qu")) return absl::StrCat(root, "c");
  if (absl::EndsWith(root, "gu")) root.remove_suffix(1);
  return std::string(root);
}

namespace {

struct Sound {
  absl::string_view written;
  absl::string_view heard;
};

// The first that fits is taken.
constexpr Sound kSounds[] = {
    {"eau", "o"},     {"au", "o"},   {"ph", "f"},  {"sch", "k"}, {"ch", "k"},  {"sh", "k"},
    {"th", "t"},      {"rh", "r"},   {"gn", "n"},  {"qu", "k"},  {"ck", "k"},  {"ain", "in"},
    {"ein", "in"},    {"aim", "in"}, {"ai", "e"},  {"ei", "e"},  {"oeu", "e"}, {"eu", "e"},
    {"oe", "e"},      {"en", "an"},  {"em", "an"}, {"am", "an"}, {"om", "on"}, {"im", "in"},
    {"tion", "sion"}, {"gu", "g"},   {"y", "i"},   {"k", "k"},   {"q", "k"},   {"z", "s"},
    {"x", "ks"},      {"w", "v"},    {"h", ""},
};

}  // namespace

std::string SoundOf(absl::string_view folded) {
  std::string sound;
  absl::string_view rest = folded;
  while (!rest.empty()) {
    bool found = false;
    for (const Sound& one : kSounds) {
      if (!absl::ConsumePrefix(&rest, one.written)) continue;
      absl::StrAppend(&sound, one.heard);
      found = true;
      break;
    }
    if (found) continue;
    const char letter = rest.front();
    rest.remove_prefix(1);
    const bool is_soft =
        !rest.empty() && absl::string_view("eiy").find(rest.front()) != absl::string_view::npos;
    if (letter == 'c') {
      sound.push_back(is_soft ? 's' : 'k');
    } else if (letter == 'g') {
      sound.push_back(is_soft ? 'j' : 'g');
    } else {
      sound.push_back(letter);
    }
  }
  // What is not heard at the end, and doubled by what was left out.
  while (sound.size() > 3 && absl::string_view("tdps").find(sound.back()) != std::string::npos) {
    sound.pop_back();
  }
  if (sound.size() > 3 && absl::EndsWith(sound, "er")) sound.pop_back();
  std::string single;
  for (const char letter : sound) {
    if (single.empty() || single.back() != letter) single.push_back(letter);
  }
  return single;
}

}  // namespace dm::catalogue::search
