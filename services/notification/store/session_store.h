#pragma once

#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/notification/domain/session.h"

#include <cstdint>
#include <string>
#include <vector>

// What the feeds tell of sessions. Part of a feed's transaction, so they throw as
// Transaction::Exec does.
namespace dm::notification {

// A session that takes no more bookings.
struct ClosedSession {
  std::string name;
  int64_t version = 1;
};

// Stores sessions, no name twice, where they are newer than what is stored, releases the messages
// that waited for them, and moves the reminders of their day before.
void StoreSessions(database::Transaction& transaction, const std::vector<Session>& sessions,
                   absl::Time now);

// Brings the reminders of the day before in line with when these sessions start, as far as they are
// known.
void MoveStayReminders(database::Transaction& transaction, const std::vector<std::string>& sessions,
                       absl::Time now);

// Marks sessions as closed, where that is newer than what is stored.
void CloseSessions(database::Transaction& transaction, const std::vector<ClosedSession>& sessions);

}  // namespace dm::notification
