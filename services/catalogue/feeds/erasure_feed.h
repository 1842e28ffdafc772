#pragma once

#include "absl/types/span.h"
#include "common/database/database.h"
#include "destinationmetier/event/v1/event_feed_service.pb.h"

namespace dm::catalogue {

// Drops what is known here of people whom booking has erased.
void ApplyErasures(database::Transaction& transaction,
                   absl::Span<const destinationmetier::event::v1::Event> events);

}  // namespace dm::catalogue
