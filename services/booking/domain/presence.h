#pragma once

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

#include <vector>

namespace dm::booking {

// One civil day of Europe/Paris on which somebody is in the company. Minutes are those of the clock
// on the wall: a day on which the clock changes has 24 hours here like every other.
struct PresenceDay {
  absl::CivilDay day;
  // 0 to 1440; the end is after the start.
  int start_minute = 0;
  int end_minute = 0;
  // Of the time between the two, not worked.
  int break_minutes = 0;

  friend bool operator==(const PresenceDay&, const PresenceDay&) = default;
};

// Time worked on that day.
int WorkedMinutes(const PresenceDay& day);

// The civil day in Paris.
absl::CivilDay ParisDayOf(absl::Time time);

// When somebody is there, for a session that tells no more than its first instant and the one after
// its end. Within one day: from start to end. Over several: from the start's time of day to the
// end's, from Monday to Friday, and on a Saturday or Sunday only if it is the first day or the
// last. A break of 30 minutes is assumed in what is longer than 4 h 30, of 60 minutes above 6 h:
// the agreement has to say so. A session whose end is at no later time of day than its start goes
// on without a pause, also at night: each day has its share, and no break. In ascending order;
// empty when the end is not after the start.
std::vector<PresenceDay> PresenceDaysOf(absl::Time start, absl::Time end);

}  // namespace dm::booking
