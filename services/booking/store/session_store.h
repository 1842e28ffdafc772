#pragma once

#include "common/database/database.h"
#include "services/booking/domain/booking.h"

#include <string>
#include <utility>
#include <vector>

// Sessions as their owners' feeds tell them.
namespace dm::booking {

// A session as an event says that it now is; `held` is not its business.
struct ScheduledSession {
  Session session;
  int64_t version = 0;
};

// Adds sessions or brings them up to date; a version that is not newer than what is there changes
// nothing. Seats that are held stay held when the host takes seats away. Live bookings follow a
// session to its new time unless the person would then be in two places: those keep the old one,
// and their number is returned.
int64_t StoreSessions(database::Transaction& transaction,
                      const std::vector<ScheduledSession>& sessions);

// (id, version): takes no more bookings.
void CloseSessions(database::Transaction& transaction,
                   const std::vector<std::pair<std::string, int64_t>>& sessions);

}  // namespace dm::booking
