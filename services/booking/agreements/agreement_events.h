#pragma once

#include "common/events/event.h"
#include "services/booking/domain/agreement_decision.h"
#include "services/booking/domain/booking.h"

namespace dm::booking {

// What others are told of a change. Ids and fixed words only.
events::NewEvent EventOf(const AgreementChange& change, const Booking& booking);

}  // namespace dm::booking
