#pragma once

#include "common/events/event.h"
#include "services/booking/domain/decision.h"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace dm::booking {

// The names of the sessions that are offered to who lost a booking, by the index of the transition
// that ended it.
using SimilarNames = std::map<size_t, std::vector<std::string>>;

// The trace context of the call that each event follows from, by the name of the booking or of the
// session that the call was about.
using Causes = std::map<std::string, std::string>;

// What others are told of a decision: a BookingChanged for every step, in order, then a
// SeatsChanged for every session whose seats changed, then a SessionOverbooked for every session
// that more people hold seats of than it has. Ids and fixed words only.
std::vector<events::NewEvent> EventsOf(const Decision& decision, const SimilarNames& similar,
                                       const Causes& causes);

}  // namespace dm::booking
