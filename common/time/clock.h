#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace dm {

// Where code learns what time it is. Injected, so that tests choose. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;

  // The wall clock of this machine. Lives for ever.
  static const Clock& System();
};

// Europe/Paris: the civil time of every date that people see.
const absl::TimeZone& ParisTimeZone();

// Reads "YYYY-MM-DD"; INVALID_ARGUMENT (no details) for all else, impossible dates included.
absl::StatusOr<absl::CivilDay> ParseCivilDay(absl::string_view text);

// First instant of a day in Paris.
absl::Time StartOfParisDay(absl::CivilDay day);

}  // namespace dm
