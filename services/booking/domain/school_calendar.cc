#include "services/booking/domain/school_calendar.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace dm::booking {
namespace {

struct PopulationRow {
  absl::string_view words;
  bool of_college;
  bool of_lycee;
};

// Every population of the official file of September 2025. Islands are taken for the whole of their
// académie: the address of an applicant does not tell them apart.
constexpr std::array kPopulations = {
    PopulationRow{"", true, true},
    PopulationRow{"-", true, true},
    PopulationRow{"Élèves", true, true},
    PopulationRow{"Élèves du second degré", true, true},
    PopulationRow{"Second degré", true, true},
    PopulationRow{"Élèves des collèges", true, false},
    PopulationRow{"Premier degré et collèges", true, false},
    PopulationRow{"Élèves des lycées", false, true},
    PopulationRow{"Élèves du premier degré", false, false},
    PopulationRow{"Premier degré", false, false},
    PopulationRow{"Enseignants", false, false},
    PopulationRow{"Enseignants du premier degré", false, false},
    PopulationRow{"Enseignants du second degré", false, false},
    PopulationRow{"Enseignants des collèges", false, false},
    PopulationRow{"Enseignants des lycées", false, false},
    PopulationRow{"Guadeloupe & Saint-Martin", true, true},
    PopulationRow{"Guadeloupe & Saint-Barthélémy", true, true},
    PopulationRow{"Guadeloupe sauf Saint-Martin", true, true},
    PopulationRow{"Guadeloupe, Saint-Martin & Saint-Barthélémy", true, true},
    PopulationRow{"Saint-Martin", true, true},
    PopulationRow{"Saint Martin", true, true},
    PopulationRow{"Saint-Barthélémy", true, true},
};

bool IsOfCollege(Level level) { return level == Level::kQuatrieme || level == Level::kTroisieme; }

absl::CivilYear SchoolYearOf(absl::CivilDay day) {
  return absl::CivilYear(day) - (day.month() < 9 ? 1 : 0);
}

}  // namespace

PupilsConcerned PupilsOf(absl::string_view population) {
  for (const PopulationRow& row : kPopulations) {
    if (row.words == population) return {row.of_college, row.of_lycee, true};
  }
  return {false, false, false};
}

SchoolCalendar::SchoolCalendar(const std::vector<SchoolHoliday>& holidays) {
  for (const SchoolHoliday& holiday : holidays) {
    const PupilsConcerned pupils = PupilsOf(holiday.population);
    if (!pupils.of_college && !pupils.of_lycee) continue;
    zones_[holiday.zone].push_back({holiday, pupils});
  }
  // Every académie of a zone has the same holidays, and every day of a stay asks for them.
  const auto days_and_pupils = [](const Holiday& one) {
    return std::tuple(one.holiday.first_day, one.holiday.last_day, one.pupils.of_college,
                      one.pupils.of_lycee);
  };
  for (auto& [zone, known] : zones_) {
    std::stable_sort(known.begin(), known.end(), [&](const Holiday& a, const Holiday& b) {
      return days_and_pupils(a) < days_and_pupils(b);
    });
    known.erase(std::unique(known.begin(), known.end(),
                            [&](const Holiday& a, const Holiday& b) {
                              return days_and_pupils(a) == days_and_pupils(b);
                            }),
                known.end());
  }
}

const SchoolHoliday* SchoolCalendar::HolidayOn(absl::string_view zone, Level level,
                                               absl::CivilDay day) const {
  const auto found = zones_.find(zone);
  if (found == zones_.end()) return nullptr;
  const SchoolHoliday* longest = nullptr;
  for (const Holiday& one : found->second) {
    if (one.holiday.first_day > day) break;
    if (one.holiday.last_day < day) continue;
    if (!(IsOfCollege(level) ? one.pupils.of_college : one.pupils.of_lycee)) continue;
    if (longest == nullptr || one.holiday.days() > longest->days()) longest = &one.holiday;
  }
  return longest;
}

bool SchoolCalendar::Knows(absl::string_view zone, absl::CivilDay day) const {
  const auto found = zones_.find(zone);
  return found != zones_.end() &&
         std::any_of(found->second.begin(), found->second.end(), [&](const Holiday& one) {
           return SchoolYearOf(one.holiday.first_day) == SchoolYearOf(day);
         });
}

}  // namespace dm::booking
