#include "common/text/free_text.h"

#include "absl/strings/str_cat.h"

#include <algorithm>

namespace dm {
namespace {

bool BeginsCharacter(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

bool IsForbidden(char byte) {
  const auto value = static_cast<unsigned char>(byte);
  return (value < 0x20 && byte != '\n') || value == 0x7F;
}

}  // namespace

std::string FreeTextFault(absl::string_view utf8, size_t most) {
  if (static_cast<size_t>(std::count_if(utf8.begin(), utf8.end(), BeginsCharacter)) > most) {
    return absl::StrCat("must have at most ", most, " characters");
  }
  if (std::any_of(utf8.begin(), utf8.end(), IsForbidden)) {
    return "must not hold control characters";
  }
  return "";
}

}  // namespace dm
