#include "services/ambassador/domain/codes.h"

#include <algorithm>
#include <array>

namespace dm::ambassador {
namespace {

constexpr std::array<absl::string_view, 3> kFormats = {"ON_SITE", "PHONE", "VIDEO"};
constexpr std::array<absl::string_view, 7> kAudiences = {
    "QUATRIEME", "TROISIEME", "SECONDE", "LYCEE", "STUDENT", "APPRENTICE", "ADULT"};

template <typename Values>
bool Has(const Values& values, absl::string_view value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

}  // namespace

bool IsFormat(absl::string_view code) { return Has(kFormats, code); }

bool IsAudience(absl::string_view code) { return Has(kAudiences, code); }

}  // namespace dm::ambassador
