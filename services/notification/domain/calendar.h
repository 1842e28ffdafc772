#pragma once

#include "absl/time/time.h"

#include <cstdint>
#include <string>

namespace dm::notification {

// An entry in a person's calendar: the place on a session that a booking gives.
struct CalendarEntry {
  // The booking's UUID: together with the domain it is the entry's UID, the same for ever.
  std::string booking_id;
  // The booking's version: calendars ignore what is older than they have.
  int64_t sequence = 1;
  // Takes the entry out again.
  bool cancelled = false;
  absl::Time start_time;
  absl::Time end_time;
  // When the step was taken that this tells.
  absl::Time stamp;
  std::string summary;
  std::string location;
  std::string url;
  // Mail address in whose name entries are made.
  std::string organizer;
};

// "PUBLISH" or "CANCEL". Not "REQUEST": its receivers would be asked for an answer by mail, and
// answers are given on the platform alone.
std::string CalendarMethod(bool cancelled);

// The entry as iCalendar (RFC 5545, RFC 5546). The same entry gives the same bytes.
std::string RenderCalendar(const CalendarEntry& entry);

}  // namespace dm::notification
