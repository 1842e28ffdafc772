#include "common/codes/siret.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

#include <algorithm>

namespace dm {
namespace {

constexpr absl::string_view kLaPoste = "356000000";
constexpr absl::string_view kLaPosteHeadOffice = "35600000000048";

bool PassesLuhn(absl::string_view digits) {
  int sum = 0;
  bool doubled = false;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    int value = *digit - '0';
    if (doubled) value = value < 5 ? 2 * value : 2 * value - 9;
    sum += value;
    doubled = !doubled;
  }
  return sum % 10 == 0;
}

int SumOfDigits(absl::string_view digits) {
  int sum = 0;
  for (const char digit : digits) sum += digit - '0';
  return sum;
}

}  // namespace

bool IsSiret(absl::string_view text) {
  if (text.size() != 14 || !std::all_of(text.begin(), text.end(), absl::ascii_isdigit)) {
    return false;
  }
  if (!PassesLuhn(text.substr(0, 9))) return false;
  if (absl::StartsWith(text, kLaPoste) && text != kLaPosteHeadOffice) {
    return SumOfDigits(text) % 5 == 0;
  }
  return PassesLuhn(text);
}

}  // namespace dm
