#include "services/catalogue/domain/day_hours.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

#include <optional>

namespace dm::catalogue {
namespace {

std::optional<absl::Duration> ParseClock(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, ':');
  int hours = 0;
  int minutes = 0;
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[0], &hours) ||
      !absl::SimpleAtoi(parts[1], &minutes)) {
    return std::nullopt;
  }
  return absl::Hours(hours) + absl::Minutes(minutes);
}

}  // namespace

std::string ClockText(absl::Duration since_midnight) {
  const int64_t minutes = absl::ToInt64Minutes(since_midnight);
  return absl::StrFormat("%02d:%02d", minutes / 60, minutes % 60);
}

std::string DayHoursText(const std::vector<DayHours>& hours) {
  return absl::StrJoin(hours, ";", [](std::string* out, const DayHours& one) {
    absl::StrAppend(out, one.day, ",", ClockText(one.start), ",", ClockText(one.end), ",",
                    one.break_minutes);
  });
}

std::vector<DayHours> ParseDayHours(absl::string_view text) {
  std::vector<DayHours> hours;
  for (const absl::string_view part : absl::StrSplit(text, ';', absl::SkipEmpty())) {
    const std::vector<absl::string_view> cells = absl::StrSplit(part, ',');
    DayHours one;
    if (cells.size() != 4 || !absl::SimpleAtoi(cells[0], &one.day) ||
        !absl::SimpleAtoi(cells[3], &one.break_minutes)) {
      continue;
    }
    const auto start = ParseClock(cells[1]);
    const auto end = ParseClock(cells[2]);
    if (!start.has_value() || !end.has_value()) continue;
    one.start = *start;
    one.end = *end;
    hours.push_back(one);
  }
  return hours;
}

}  // namespace dm::catalogue
