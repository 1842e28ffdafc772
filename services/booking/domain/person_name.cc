#include "services/booking/domain/person_name.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include <algorithm>

namespace dm::booking {
namespace {

constexpr size_t kLongestSubject = 128;

bool IsSubject(absl::string_view text) {
  return !text.empty() && text.size() <= kLongestSubject &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' ||
                  c == ':' || c == '-';
         });
}

}  // namespace

std::optional<std::string> ParsePerson(absl::string_view name, absl::string_view suffix,
                                       const std::string& me) {
  if (!absl::ConsumePrefix(&name, "people/") || !absl::ConsumeSuffix(&name, suffix) ||
      !IsSubject(name)) {
    return std::nullopt;
  }
  return name == "me" ? me : absl::StrCat("people/", name);
}

bool IsPseudonym(absl::string_view person) { return absl::StartsWith(person, "people/erased-"); }

}  // namespace dm::booking
