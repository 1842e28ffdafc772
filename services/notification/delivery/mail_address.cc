#include "services/notification/delivery/mail_address.h"

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/text/addressee.h"

namespace dm::notification {
namespace {

// With the marks around it and a header's name before it, an encoded word of so many bytes keeps
// its line within the 76 characters of RFC 2047.
constexpr size_t kBytesOfWord = 39;
constexpr size_t kLongestPlainText = 60;

bool IsPlain(absl::string_view text) {
  return text.size() <= kLongestPlainText && !absl::StrContains(text, "=?") &&
         absl::c_all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

// The name needs no quotes.
bool IsPlainName(absl::string_view name) {
  return IsPlain(name) && absl::c_all_of(name, [](char c) {
           return c == ' ' || absl::ascii_isalnum(static_cast<unsigned char>(c));
         });
}

// A longest part of the text that fits into one encoded word and ends between two characters.
absl::string_view WordOf(absl::string_view text) {
  size_t length = std::min(kBytesOfWord, text.size());
  const auto inside_character = [&](size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
  };
  while (length > 1 && inside_character(length)) --length;
  return text.substr(0, length);
}

std::string EncodedWords(absl::string_view text) {
  std::string words;
  while (!text.empty()) {
    const absl::string_view word = WordOf(text);
    text.remove_prefix(word.size());
    absl::StrAppend(&words, words.empty() ? "" : "\r\n ", "=?UTF-8?B?", absl::Base64Escape(word),
                    "?=");
  }
  return words;
}

}  // namespace

absl::StatusOr<MailAddress> ParseMailAddress(absl::string_view text) {
  MailAddress parsed;
  absl::string_view rest = absl::StripAsciiWhitespace(text);
  const size_t open = rest.find('<');
  if (open == absl::string_view::npos) {
    parsed.address = std::string(rest);
  } else {
    parsed.name = std::string(absl::StripAsciiWhitespace(rest.substr(0, open)));
    rest.remove_prefix(open + 1);
    if (!absl::ConsumeSuffix(&rest, ">")) {
      return absl::InvalidArgumentError("a mail address lacks its closing bracket");
    }
    parsed.address = std::string(rest);
  }
  if (!IsSafe(parsed)) return absl::InvalidArgumentError("not a mail address");
  return parsed;
}

bool IsSafe(const MailAddress& address) {
  return EmailFault(address.address).empty() &&
         (address.name.empty() || DisplayNameFault(address.name).empty());
}

std::string HeaderText(absl::string_view text) {
  return IsPlain(text) ? std::string(text) : EncodedWords(text);
}

std::string HeaderAddress(const MailAddress& address) {
  if (address.name.empty()) return address.address;
  const bool plain = IsPlainName(address.name);
  return absl::StrCat(plain ? address.name : EncodedWords(address.name), plain ? " <" : "\r\n <",
                      address.address, ">");
}

}  // namespace dm::notification
