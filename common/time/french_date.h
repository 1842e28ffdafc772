#pragma once

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

#include <string>

namespace dm {

// "7 décembre 2026".
std::string FrenchDate(absl::CivilDay day);

// "lundi 7 décembre 2026".
std::string FrenchDay(absl::CivilDay day);

// "9 h" or "10 h 30", of the minutes since midnight; the same for a duration.
std::string FrenchHour(int minutes);

// "lundi 7 décembre 2026 à 9 h", in Paris.
std::string FrenchMoment(absl::Time time);

// "lundi 7 décembre 2026, de 9 h à 10 h 30", or over several days "du lundi 7 décembre 2026 à 9 h
// au mercredi 9 décembre 2026 à 17 h", in Paris. `end` is the instant after the end.
std::string FrenchPeriod(absl::Time start, absl::Time end);

}  // namespace dm
