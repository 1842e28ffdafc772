#include "services/ambassador/domain/siret.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

#include <algorithm>

namespace dm::ambassador {
namespace {

constexpr size_t kSirenLength = 9;
constexpr size_t kSiretLength = 14;
constexpr absl::string_view kLaPoste = "356000000";
constexpr absl::string_view kLaPosteHeadOffice = "35600000000048";

bool PassesLuhn(absl::string_view digits) {
  int sum = 0;
  for (size_t i = 0; i < digits.size(); ++i) {
    const int digit = digits[digits.size() - 1 - i] - '0';
    const int weighted = i % 2 == 0 ? digit : 2 * digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 == 0;
}

int DigitSum(absl::string_view digits) {
  int sum = 0;
  for (const char digit : digits) sum += digit - '0';
  return sum;
}

}  // namespace

bool IsSiret(absl::string_view text) {
  if (text.size() != kSiretLength) return false;
  if (!std::all_of(text.begin(), text.end(), absl::ascii_isdigit)) return false;
  if (absl::StartsWith(text, kLaPoste) && text != kLaPosteHeadOffice) {
    return DigitSum(text) % 5 == 0;
  }
  return PassesLuhn(text.substr(0, kSirenLength)) && PassesLuhn(text);
}

}  // namespace dm::ambassador
