#pragma once

#include "services/booking/domain/overlay.h"

// What becomes of bookings when their session moves to another time.
namespace dm::booking {

// Whether the session takes place at another time than the booking says. Nobody decides anything
// about such a booking before it has followed. What was cancelled has no time any more.
bool IsLeftBehind(const Booking& booking, const Session& session);

// Leads a booking that was left behind to the time of its session, or out of it where the rules or
// another seat of the person forbid it; returns it as it is then. A seat that it frees is not yet
// offered to anybody. What the guardian agreed to was the time of before.
Booking FollowSession(Overlay& world, const Booking& booking, const Session& session);

}  // namespace dm::booking
