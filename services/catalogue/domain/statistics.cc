#include "services/catalogue/domain/statistics.h"

#include "absl/strings/str_cat.h"
#include "common/time/clock.h"

#include <algorithm>

namespace dm::catalogue {
namespace {

constexpr int kMonthsBefore = 12;

std::optional<absl::CivilMonth> ParseMonth(absl::string_view text) {
  const auto first_day = ParseCivilDay(absl::StrCat(text, "-01"));
  if (!first_day.ok()) return std::nullopt;
  return absl::CivilMonth(*first_day);
}

}  // namespace

void CheckMonths(absl::string_view from, absl::string_view to, absl::Time now,
                 Violations& violations) {
  const bool from_right = from.empty() || ParseMonth(from).has_value();
  const bool to_right = to.empty() || ParseMonth(to).has_value();
  if (!from_right) violations.Add("from", "must be a month, YYYY-MM");
  if (!to_right) violations.Add("to", "must be a month, YYYY-MM");
  if (!from_right || !to_right) return;
  const auto [first, last] = MonthsOf(from, to, now);
  if (last < first || last - first > kMostMonths) {
    violations.Add("to", "must be `from` or at most 36 months later");
  }
}

std::pair<absl::CivilMonth, absl::CivilMonth> MonthsOf(absl::string_view from, absl::string_view to,
                                                       absl::Time now) {
  const absl::CivilMonth present(absl::ToCivilDay(now, ParisTimeZone()));
  const absl::CivilMonth last = to.empty() ? present : *ParseMonth(to);
  return {from.empty() ? present - kMonthsBefore : *ParseMonth(from), last};
}

std::vector<size_t> RowsToFold(const std::vector<Figures>& rows,
                               const absl::flat_hash_set<std::string>& seen_exactly) {
  std::vector<size_t> folded;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].companies < kFewestShownCompanies &&
        !seen_exactly.contains(rows[i].keys.department)) {
      folded.push_back(i);
    }
  }
  return folded;
}

std::optional<size_t> NextRowToFold(const std::vector<Figures>& rows,
                                    const std::vector<size_t>& folded,
                                    const absl::flat_hash_set<std::string>& seen_exactly) {
  std::optional<size_t> least;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (seen_exactly.contains(rows[i].keys.department)) continue;
    if (std::find(folded.begin(), folded.end(), i) != folded.end()) continue;
    if (!least.has_value() || rows[i].companies < rows[*least].companies) least = i;
  }
  return least;
}

double FillRate(const Figures& figures) {
  if (figures.seats == 0) return 0;
  return static_cast<double>(figures.held) / static_cast<double>(figures.seats);
}

}  // namespace dm::catalogue
