#pragma once

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/booking/domain/booking.h"
#include "services/booking/domain/scheme.h"

#include <cstdint>
#include <optional>
#include <string>

namespace dm::booking {

struct Person;

// What a guardian decided for a young person: a record of its own that outlives what it covers.
struct Consent {
  enum class Scope : uint8_t { kBooking, kScheme, kAll };

  // Refused, when not given.
  bool given = true;
  Scope scope = Scope::kBooking;
  // The one booking that it covers, with Scope::kBooking, and when that was to take place: what was
  // agreed to for one evening says nothing of another.
  std::string booking_id;
  absl::Time start_time;
  absl::Time end_time;
  // With Scope::kScheme.
  std::optional<Scheme> scheme;
  // The last day that it covers; absent with Scope::kBooking.
  std::optional<absl::CivilDay> until;
  absl::Time decided;
  // Taken back.
  std::optional<absl::Time> withdrawn;
};

// Whether a consent, whatever became of it, is about this booking, be it at another time.
bool Concerns(const Consent& consent, const Booking& booking);

// Where a booking stands with the guardian.
enum class ConsentStanding : uint8_t {
  // Of age on the first day, or nothing is known of the person.
  kNotNeeded,
  kMissing,
  kGiven,
  // Refused or taken back after the booking was made, and not given again.
  kWithdrawn,
};
ConsentStanding StandingOf(const Booking& booking, const Person& person);

}  // namespace dm::booking
