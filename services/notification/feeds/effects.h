#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/database/database.h"
#include "destinationmetier/event/v1/event_feed_service.pb.h"

#include <string>
#include <vector>

// What the events of other services do here: proto in, domain and store. Each function is an effect
// in the transaction of a feed's cursor (events::FeedSubscriber).
namespace dm::notification {

using EventSpan = absl::Span<const destinationmetier::event::v1::Event>;

// Full names of the payloads that each function takes.
std::vector<std::string> SessionEventTypes();
std::vector<std::string> BookingEventTypes();

// Sessions and offers.
std::vector<std::string> CatalogueEventTypes();
// Sessions and erasures.
std::vector<std::string> AmbassadorEventTypes();

// Learns sessions; part of the two below.
absl::Status ApplySessionEvents(database::Transaction& transaction, EventSpan events,
                                absl::Time now);

// Learns sessions, and forgets ambassadors who were erased, and confirms it.
absl::Status ApplyAmbassadorEvents(database::Transaction& transaction, EventSpan events,
                                   absl::Time now);

// Learns sessions, and plans the messages that follow from what happens to offers.
absl::Status ApplyCatalogueEvents(database::Transaction& transaction, EventSpan events,
                                  absl::Time now);

// Plans the messages that follow from steps of bookings and from seats that were taken away, and
// drops the reminders that they make needless; forgets people who were erased, and confirms it.
absl::Status ApplyBookingEvents(database::Transaction& transaction, EventSpan events,
                                absl::Time now);

}  // namespace dm::notification
