#pragma once

#include "destinationmetier/booking/v1/booking_service.pb.h"
#include "destinationmetier/notification/v1/contact_service.pb.h"
#include "services/gateway/cli/session.h"

namespace dm::gateway::cli {

// Write what a command brought, as JSON where that was asked for; return kDone.
int WriteBooking(const destinationmetier::booking::v1::Booking& booking, Session& session);
int WriteContact(const destinationmetier::notification::v1::Contact& contact, Session& session);

}  // namespace dm::gateway::cli
