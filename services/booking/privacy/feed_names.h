#pragma once

#include "absl/status/status.h"
#include "services/booking/store/told_store.h"

#include <vector>

namespace dm::booking {

// Takes whose these bookings were out of what the feed has told of them: the pseudonym stands in
// the place of the applicant, and nothing says any more which booking was made of which. The events
// themselves stay, so the feed has no hole, every consumer keeps its position and a new one can
// still begin at its start; who reads late finds a name that nobody has. Part of the transaction in
// which the bookings lose their name. INTERNAL for an event that cannot be read. Throws as
// Transaction::Exec does.
absl::Status TakeNamesOutOfFeed(database::Transaction& transaction,
                                const std::vector<NamelessBooking>& bookings);

}  // namespace dm::booking
