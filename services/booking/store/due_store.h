#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"

#include <optional>
#include <string>
#include <vector>

// What the ledger has to look at again. The times stand in the rows themselves, so they survive
// every restart, and what came due while nothing ran is found at the next start.
namespace dm::booking {

struct Due {
  // Ids, soonest first.
  std::vector<std::string> sessions;
  std::vector<std::string> bookings;
  // When the next one after these is due; absent when nothing is.
  std::optional<absl::Time> next;
};

// What is due at `now`, at most `limit` of each kind. Thread-safe, as the database is.
absl::StatusOr<Due> ReadDue(database::Database& database, absl::Time now, int limit,
                            absl::Time deadline);

}  // namespace dm::booking
