#pragma once

#include "services/booking/domain/overlay.h"

#include <string>

// What follows from a step by itself: seats that are free go to the line, a confirmation releases
// what the person asked for at the same time.
namespace dm::booking {

// Offers the free seats of a session to those who wait, first come first served. Who holds another
// seat at that time is passed over and keeps their place. Where the session has moved, who waits
// follows first.
void OfferFreeSeats(Overlay& world, const std::string& session_id);

// The person of this booking has given its seat up: the lines for that time in which they may have
// been passed over because of it are served again.
void OfferWhereWaiting(Overlay& world, const Booking& left);

// Takes the person of a confirmed booking out of every other line for that time.
void ReleaseOverlapping(Overlay& world, const Booking& confirmed);

}  // namespace dm::booking
