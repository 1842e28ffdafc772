#include "services/booking/domain/public_holidays.h"

namespace dm::booking {
namespace {

struct FixedHoliday {
  int month;
  int day;
  absl::string_view name;
};

constexpr FixedHoliday kFixed[] = {
    {1, 1, "1er janvier"}, {5, 1, "1er mai"},    {5, 8, "8 mai"},         {7, 14, "14 juillet"},
    {8, 15, "Assomption"}, {11, 1, "Toussaint"}, {11, 11, "11 novembre"}, {12, 25, "Jour de Noël"},
};

struct MovingHoliday {
  int days_after_easter;
  absl::string_view name;
};

constexpr MovingHoliday kMoving[] = {
    {1, "Lundi de Pâques"}, {39, "Ascension"}, {50, "Lundi de Pentecôte"}};

}  // namespace

// The method of Butcher and Meeus: golden number, century and its corrections, then the Sunday
// after the full moon.
absl::CivilDay EasterSunday(int year) {
  const int golden = year % 19;
  const int century = year / 100;
  const int of_century = year % 100;
  const int leap_centuries = century / 4;
  const int moon_correction = (century - (century + 8) / 25 + 1) / 3;
  const int epact = (19 * golden + century - leap_centuries - moon_correction + 15) % 30;
  const int to_sunday =
      (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
  const int late = (golden + 11 * epact + 22 * to_sunday) / 451;
  const int day_of_march = epact + to_sunday - 7 * late + 22;
  // 32 March is 1 April.
  return absl::CivilDay(year, 3, day_of_march);
}

std::optional<absl::string_view> PublicHolidayOn(absl::CivilDay day) {
  for (const FixedHoliday& fixed : kFixed) {
    if (fixed.month == day.month() && fixed.day == day.day()) return fixed.name;
  }
  // From 23 March on, and up to 14 June.
  if (day.month() < 3 || day.month() > 6) return std::nullopt;
  const auto after_easter = day - EasterSunday(static_cast<int>(day.year()));
  for (const MovingHoliday& moving : kMoving) {
    if (moving.days_after_easter == after_easter) return moving.name;
  }
  return std::nullopt;
}

}  // namespace dm::booking
