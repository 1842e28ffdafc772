#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include <cstdint>
#include <string>

// Ids of bookings that say which lane of the ledger they belong to. Commands about one session are
// decided in the order in which they came, and a step on a booking names the booking alone: so the
// last 16 bits of a booking's UUIDv7 are a hash of its session's id, instead of random ones.
namespace dm::booking {

// The hash of a session's id; the same in every process and version, since it is stored in ids.
uint16_t LaneTagOfSession(absl::string_view session_id);

// The tag of the session that the booking is of; what is no UUID has the tag 0.
uint16_t LaneTagOfBooking(absl::string_view booking_id);

// A UUIDv7 in lower case whose tag is the session's. Thread-safe.
std::string NewBookingId(absl::Time now, absl::string_view session_id);

}  // namespace dm::booking
