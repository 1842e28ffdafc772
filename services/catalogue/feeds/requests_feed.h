#pragma once

#include "absl/types/span.h"
#include "common/database/database.h"
#include "destinationmetier/event/v1/event_feed_service.pb.h"

namespace dm::catalogue {

// Takes over what booking tells of the requests that count for companies, by the month of Paris in
// which each was made. Hosts that are no company are passed over.
void ApplyRequests(database::Transaction& transaction,
                   absl::Span<const destinationmetier::event::v1::Event> events);

}  // namespace dm::catalogue
