#include "common/auth/acr_values.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"

#include <algorithm>
#include <vector>

namespace dm::auth {
namespace {

bool IsAcrValue(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return absl::ascii_isgraph(c) && c != '"' && c != '\\';
  });
}

}  // namespace

absl::Status CheckAcrValues(absl::string_view values) {
  if (values.empty()) return absl::OkStatus();
  for (const absl::string_view value : absl::StrSplit(values, ' ')) {
    if (IsAcrValue(value)) continue;
    return absl::FailedPreconditionError(
        "acr values are visible ASCII without quote and backslash, with one space between two");
  }
  return absl::OkStatus();
}

bool IsAmongAcrValues(absl::string_view values, absl::string_view acr) {
  if (acr.empty()) return false;
  const std::vector<absl::string_view> each = absl::StrSplit(values, ' ');
  return std::find(each.begin(), each.end(), acr) != each.end();
}

}  // namespace dm::auth
