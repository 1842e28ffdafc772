#pragma once

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "services/booking/domain/person.h"

#include <cstdint>
#include <string>
#include <vector>

namespace dm::booking {

// One holiday of one zone, as the ministry publishes it.
struct SchoolHoliday {
  // "A", "B", "C"; overseas and for Corse the name of the académie.
  std::string zone;
  // "Vacances de la Toussaint".
  std::string name;
  // For whom, in the words of the file ("Élèves"); empty or "-" for everybody.
  std::string population;
  // Both are holidays.
  absl::CivilDay first_day;
  absl::CivilDay last_day;

  int days() const { return static_cast<int>(last_day - first_day) + 1; }

  friend bool operator==(const SchoolHoliday&, const SchoolHoliday&) = default;
};

// A holiday as a file lists it.
struct ListedHoliday {
  SchoolHoliday holiday;
  // "Normandie"; empty in a list that goes by zones alone.
  std::string academy;
  // "2026-2027"; "2026" where the school year is the calendar's.
  std::string school_year;

  friend bool operator==(const ListedHoliday&, const ListedHoliday&) = default;
};

// Whose holidays those of a population are. What is not known is nobody's: a stay is better refused
// and asked about than held in school time.
struct PupilsConcerned {
  bool of_college = false;
  bool of_lycee = false;
  // Whether the words are ones that the ministry has used before.
  bool known = true;
};
PupilsConcerned PupilsOf(absl::string_view population);

// The holidays of pupils by zone. Immutable, thread-safe.
class SchoolCalendar {
 public:
  // Knows of no holiday.
  SchoolCalendar() = default;
  // Those of teachers alone and of primary schools are left out; the same twice counts once.
  explicit SchoolCalendar(const std::vector<SchoolHoliday>& holidays);

  // The holiday of these pupils that the day lies in; null when there is none. The longest, where
  // several overlap. Any level above the lycée is treated like the lycée.
  const SchoolHoliday* HolidayOn(absl::string_view zone, Level level, absl::CivilDay day) const;

  // Whether the school year of the day, from September to August, has any holiday here: else
  // nothing can be said of the day.
  bool Knows(absl::string_view zone, absl::CivilDay day) const;

  bool empty() const { return zones_.empty(); }

 private:
  struct Holiday {
    SchoolHoliday holiday;
    PupilsConcerned pupils;
  };
  // In ascending order of the first day.
  absl::flat_hash_map<std::string, std::vector<Holiday>> zones_;
};

}  // namespace dm::booking
