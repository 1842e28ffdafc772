#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/database/database.h"
#include "destinationmetier/event/v1/event_feed_service.pb.h"

namespace dm::ambassador {

// The effect of booking's SeatsChanged on our sessions: seats held, and ResourceChanged for each
// ambassador whose sessions changed. Passes over events of other sessions and of other types. An
// events::FeedSubscriber::Apply, except for the time.
absl::Status ApplySeatsChanged(database::Transaction& transaction,
                               absl::Span<const destinationmetier::event::v1::Event> events,
                               absl::Time now);

}  // namespace dm::ambassador
