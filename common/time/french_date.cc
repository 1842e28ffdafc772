#include "common/time/french_date.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/time/clock.h"

#include <array>

namespace dm {
namespace {

constexpr std::array<absl::string_view, 12> kMonths = {
    "janvier", "février", "mars",      "avril",   "mai",      "juin",
    "juillet", "août",    "septembre", "octobre", "novembre", "décembre"};

// In the order of absl::Weekday, which begins with Monday.
constexpr std::array<absl::string_view, 7> kWeekdays = {"lundi",    "mardi",  "mercredi", "jeudi",
                                                        "vendredi", "samedi", "dimanche"};

std::string HourInWords(absl::CivilSecond time) {
  return FrenchHour(time.hour() * 60 + time.minute());
}

absl::CivilSecond InParis(absl::Time time) { return absl::ToCivilSecond(time, ParisTimeZone()); }

std::string MomentInWords(absl::CivilSecond time) {
  return absl::StrCat(FrenchDay(absl::CivilDay(time)), " à ", HourInWords(time));
}

}  // namespace

std::string FrenchDate(absl::CivilDay day) {
  const auto month = static_cast<size_t>(day.month() - 1);
  return absl::StrCat(day.day(), day.day() == 1 ? "er" : "", " ", kMonths[month], " ", day.year());
}

std::string FrenchDay(absl::CivilDay day) {
  const auto weekday = static_cast<size_t>(absl::GetWeekday(day));
  return absl::StrCat(kWeekdays[weekday], " ", FrenchDate(day));
}

std::string FrenchHour(int minutes) {
  const int minute = minutes % 60;
  if (minute == 0) return absl::StrCat(minutes / 60, " h");
  return absl::StrCat(minutes / 60, " h ", absl::Dec(minute, absl::kZeroPad2));
}

std::string FrenchMoment(absl::Time time) { return MomentInWords(InParis(time)); }

std::string FrenchPeriod(absl::Time start, absl::Time end) {
  const absl::CivilSecond from = InParis(start);
  const absl::CivilSecond to = InParis(end);
  if (absl::CivilDay(from) == absl::CivilDay(to)) {
    return absl::StrCat(FrenchDay(absl::CivilDay(from)), ", de ", HourInWords(from), " à ",
                        HourInWords(to));
  }
  return absl::StrCat("du ", MomentInWords(from), " au ", MomentInWords(to));
}

}  // namespace dm
