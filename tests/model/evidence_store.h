#pragma once

#include "absl/status/status.h"
#include "common/database/database.h"
#include "destinationmetier/booking/v1/booking_service.pb.h"
#include "tests/model/evidence.h"

#include <cstdint>
#include <string>

namespace dm::model {

// Reads what the booking service's database holds into `evidence`: audit trail, feed, bookings,
// sessions, kept answers.
absl::Status ReadEvidence(database::Database& database, Evidence* evidence);

// What the feed's reader would get next after the number `after`, as consumers ask for it.
absl::StatusOr<std::vector<EventRow>> ReadFeedAfter(database::Database& database, int64_t after);

// An answer of kOk as the message says it.
Answer ToAnswer(const destinationmetier::booking::v1::Booking& message);

}  // namespace dm::model
