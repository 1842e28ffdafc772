#include "services/ambassador/domain/codes.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

#include <algorithm>
#include <array>

namespace dm::ambassador {
namespace {

constexpr std::array<absl::string_view, 5> kOverseas = {"971", "972", "973", "974", "976"};
constexpr std::array<absl::string_view, 3> kFormats = {"ON_SITE", "PHONE", "VIDEO"};
constexpr std::array<absl::string_view, 7> kAudiences = {
    "QUATRIEME", "TROISIEME", "SECONDE", "LYCEE", "STUDENT", "APPRENTICE", "ADULT"};

bool AreDigits(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

template <typename Values>
bool Has(const Values& values, absl::string_view value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

}  // namespace

bool IsDepartment(absl::string_view code) {
  if (code == "2A" || code == "2B" || Has(kOverseas, code)) return true;
  return code.size() == 2 && AreDigits(code) && code >= "01" && code <= "95" && code != "20";
}

bool IsRomeCode(absl::string_view code) {
  return code.size() == 5 && code[0] >= 'A' && code[0] <= 'N' && AreDigits(code.substr(1));
}

bool IsSectorCode(absl::string_view code) { return code.size() <= 4 && AreDigits(code); }

bool IsCommuneCode(absl::string_view code) {
  return code.size() == 5 && IsDepartment(DepartmentOfCommune(code)) && AreDigits(code.substr(2));
}

bool IsPostalCode(absl::string_view code) { return code.size() == 5 && AreDigits(code); }

absl::string_view DepartmentOfCommune(absl::string_view commune_code) {
  return commune_code.substr(0, absl::StartsWith(commune_code, "97") ? 3 : 2);
}

bool IsFormat(absl::string_view code) { return Has(kFormats, code); }

bool IsAudience(absl::string_view code) { return Has(kAudiences, code); }

}  // namespace dm::ambassador
