#pragma once

#include "common/database/database.h"
#include "services/booking/domain/booking.h"

#include <string>
#include <vector>

// Sessions as their owners' feeds tell them.
namespace dm::booking {

// A session as an event says that it now is; `held` is not its business.
struct ScheduledSession {
  Session session;
  int64_t version = 0;
};

// Adds sessions or brings them up to date; a version that is not newer than what is there changes
// nothing. Seats that are held stay held when the host takes seats away. No booking is touched:
// what changed is due for a review by the ledger at once, which leads the bookings after their
// session.
void StoreSessions(database::Transaction& transaction,
                   const std::vector<ScheduledSession>& sessions, absl::Time now);

// A session that takes no more bookings.
struct ClosedSession {
  std::string id;
  int64_t version = 0;
  // It will not take place: the ledger releases who has a booking.
  bool cancelled = false;
};
void CloseSessions(database::Transaction& transaction, const std::vector<ClosedSession>& sessions,
                   absl::Time now);

}  // namespace dm::booking
