#pragma once

#include "absl/time/time.h"
#include "services/booking/domain/booking.h"

#include <optional>

namespace dm::booking {

// How long people have for an answer, and how much one person may ask for at once. The agency's
// choice, not the law's: set by options of the process.
struct Policy {
  // A freed seat is held so long for the first in line.
  absl::Duration offer_time = absl::Hours(24);
  absl::Duration consent_time = absl::Hours(7 * 24);
  absl::Duration host_time = absl::Hours(7 * 24);
  // Bookings of one person that nobody has confirmed yet.
  int most_open_requests = 10;
};

// When the booking's state runs out by itself: never after the session's start. Absent when it does
// not, as for a confirmed seat that needs no agreement any more.
std::optional<absl::Time> ExpireTime(const Booking& booking, const Policy& policy);

}  // namespace dm::booking
