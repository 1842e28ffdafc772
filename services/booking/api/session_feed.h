#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/database/database.h"
#include "destinationmetier/event/v1/event_feed_service.pb.h"

#include <string>
#include <vector>

namespace dm::booking {

// The types of events that booking learns its sessions from.
std::vector<std::string> SessionEventTypes();

// Writes what the events of catalogue or ambassador say about sessions. INVALID_ARGUMENT for a
// payload that cannot be read; an event about something that is no session changes nothing.
absl::Status ApplySessionEvents(database::Transaction& transaction,
                                absl::Span<const destinationmetier::event::v1::Event> events,
                                absl::Time now);

}  // namespace dm::booking
