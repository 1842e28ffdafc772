#include "common/text/addressee.h"

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace dm {
namespace {

constexpr int kLongestDisplayName = 100;
constexpr size_t kLongestEmail = 254;
constexpr size_t kLongestLocalPart = 64;
constexpr size_t kLongestLabel = 63;

bool AllOf(absl::string_view text, bool (*admit)(unsigned char)) {
  return std::all_of(text.begin(), text.end(),
                     [admit](char c) { return admit(static_cast<unsigned char>(c)); });
}

// One code point off the front of `text`; absent when it is not UTF-8.
std::optional<char32_t> TakeCodePoint(absl::string_view* text) {
  const auto byte = [text](size_t i) { return static_cast<unsigned char>((*text)[i]); };
  const unsigned char first = byte(0);
  const size_t length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if ((first >= 0x80 && first < 0xc2) || first > 0xf4 || text->size() < length) return std::nullopt;
  char32_t point = length == 1 ? first : first & (0xff >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return std::nullopt;
    point = (point << 6) | (byte(i) & 0x3f);
  }
  constexpr std::array<char32_t, 5> kLeastOfLength = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = point >= 0xd800 && point <= 0xdfff;
  if (point < kLeastOfLength[length] || point > 0x10ffff || surrogate) return std::nullopt;
  text->remove_prefix(length);
  return point;
}

// Control characters, line separators, and marks that turn the direction of what follows: with them
// a name could pose as something else.
bool IsUnprintable(char32_t point) {
  return point < 0x20 || (point >= 0x7f && point < 0xa0) || (point >= 0x2028 && point <= 0x202e) ||
         (point >= 0x2066 && point <= 0x2069);
}

bool IsAtomCharacter(unsigned char c) {
  return absl::ascii_isalnum(c) || absl::StrContains("!#$%&'*+-/=?^_`{|}~", static_cast<char>(c));
}

bool IsLocalPart(absl::string_view text) {
  if (text.size() > kLongestLocalPart) return false;
  return absl::c_all_of(absl::StrSplit(text, '.'), [](absl::string_view atom) {
    return !atom.empty() && AllOf(atom, IsAtomCharacter);
  });
}

bool IsLabelCharacter(unsigned char c) { return absl::ascii_isalnum(c) || c == '-'; }

bool IsDomain(absl::string_view text) {
  const std::vector<absl::string_view> labels = absl::StrSplit(text, '.');
  return labels.size() > 1 && absl::c_all_of(labels, [](absl::string_view label) {
           return !label.empty() && label.size() <= kLongestLabel &&
                  AllOf(label, IsLabelCharacter) && label.front() != '-' && label.back() != '-';
         });
}

}  // namespace

std::string DisplayNameFault(absl::string_view display_name) {
  if (absl::StripAsciiWhitespace(display_name).empty()) return "must not be empty";
  int points = 0;
  while (!display_name.empty()) {
    const std::optional<char32_t> point = TakeCodePoint(&display_name);
    if (!point.has_value()) return "must be UTF-8";
    if (IsUnprintable(*point)) return "must not hold control characters";
    if (++points > kLongestDisplayName) return "must have at most 100 characters";
  }
  return "";
}

std::string EmailFault(absl::string_view email) {
  if (email.empty()) return "must not be empty";
  if (email.size() > kLongestEmail) return "must have at most 254 characters";
  const size_t at = email.rfind('@');
  if (at == absl::string_view::npos || !IsLocalPart(email.substr(0, at)) ||
      !IsDomain(email.substr(at + 1))) {
    return "must be a mail address such as name@domain.example";
  }
  return "";
}

std::string MailboxOf(absl::string_view email) {
  std::string address = absl::AsciiStrToLower(email);
  const size_t at = address.rfind('@');
  const size_t plus = address.find('+');
  if (at != std::string::npos && plus < at && plus > 0) address.erase(plus, at - plus);
  return address;
}

}  // namespace dm
