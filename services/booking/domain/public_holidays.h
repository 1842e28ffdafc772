#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

#include <optional>

namespace dm::booking {

// Easter Sunday of the Gregorian calendar.
absl::CivilDay EasterSunday(int year);

// "Lundi de Pâques": what the day is in mainland France (code du travail, L3133-1), 11 a year;
// absent when it is an ordinary day. Those of Alsace-Moselle and overseas are not among them.
// Thread-safe.
std::optional<absl::string_view> PublicHolidayOn(absl::CivilDay day);

}  // namespace dm::booking
