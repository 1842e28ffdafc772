#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include <string>
#include <vector>

namespace dm::catalogue {

// The hours of one day, or of one part of it.
struct DayHours {
  // 1 for Monday to 7.
  int day = 1;
  // Since midnight of Europe/Paris, in whole minutes.
  absl::Duration start;
  absl::Duration end;
  int break_minutes = 0;

  friend bool operator==(const DayHours&, const DayHours&) = default;
};

// "09:00", as the proto says it.
std::string ClockText(absl::Duration since_midnight);

// "1,09:00,17:00,60;2,09:00,12:00,0", as offers.hours holds it, and back. What is not of that form
// is left out.
std::string DayHoursText(const std::vector<DayHours>& hours);
std::vector<DayHours> ParseDayHours(absl::string_view text);

}  // namespace dm::catalogue
