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

// Stores sessions, no name twice, where they are newer than what is stored, and releases the
// messages that waited for them.
void StoreSessions(database::Transaction& transaction, const std::vector<Session>& sessions,
                   absl::Time now);

// Marks sessions as closed, where that is newer than what is stored.
void CloseSessions(database::Transaction& transaction, const std::vector<ClosedSession>& sessions);

}  // namespace dm::notification
