#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/database/database.h"
#include "destinationmetier/event/v1/event_feed_service.pb.h"

namespace dm::catalogue {

// Takes over what booking tells of the seats of offers' sessions, and announces the offers that
// changed. Sessions of ambassadors are passed over.
absl::Status ApplySeatsChanged(database::Transaction& transaction,
                               absl::Span<const destinationmetier::event::v1::Event> events,
                               absl::Time now);

}  // namespace dm::catalogue
