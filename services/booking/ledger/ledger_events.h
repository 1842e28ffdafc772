#pragma once

#include "common/events/event.h"
#include "services/booking/domain/decision.h"

#include <vector>

namespace dm::booking {

// What others are told of a decision: a BookingChanged for every step, in order, then a
// SeatsChanged for every session whose seats changed, then a SessionOverbooked for every session
// that more people hold seats of than it has. Ids and fixed words only.
std::vector<events::NewEvent> EventsOf(const Decision& decision);

}  // namespace dm::booking
