#include "tests/model/report.h"

#include "absl/strings/str_cat.h"

#include <algorithm>
#include <utility>

namespace dm::model {
namespace {

constexpr int64_t kMostOfOneCheck = 5;

}  // namespace

void Report::Add(absl::string_view check, std::string what) {
  const auto same = [&](const Finding& finding) { return finding.check == check; };
  if (std::count_if(findings_.begin(), findings_.end(), same) >= kMostOfOneCheck) return;
  findings_.push_back({std::string(check), std::move(what)});
}

bool Report::Has(absl::string_view check) const {
  return std::any_of(findings_.begin(), findings_.end(),
                     [&](const Finding& finding) { return finding.check == check; });
}

std::string Report::ToText() const {
  std::string text;
  for (const Finding& finding : findings_) {
    absl::StrAppend(&text, "[", finding.check, "] ", finding.what, "\n");
  }
  return text;
}

}  // namespace dm::model
