#pragma once

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/catalogue/domain/statistics.h"

#include <optional>
#include <string>
#include <vector>

// Figures of the catalogue by month.
namespace dm::catalogue {

// Brings the figures up to date and returns how many rows changed: from the month before the last
// time this was done on, so that what is long past stays as it was counted then; everything the
// first time. Absent when another replica is at it.
absl::StatusOr<std::optional<int64_t>> RefreshMonthlyFigures(database::Database& database,
                                                             absl::Time deadline, absl::Time now);

struct Statistics {
  // In the order of their keys; what was added up comes last.
  std::vector<Figures> rows;
  std::optional<Figures> folded;
  // Absent where it rests on few companies and not all of it may be seen.
  std::optional<Figures> total;
};

// How much of it may be seen: everything, or that of some départements where it is counted by
// these.
struct StatisticsSight {
  bool everything = false;
  absl::flat_hash_set<std::string> departments;
};

// INVALID_ARGUMENT when there would be more than 5,000 rows.
absl::StatusOr<Statistics> ReadStatistics(database::Database& database, absl::Time deadline,
                                          const StatisticsQuery& query,
                                          const StatisticsSight& sight);

}  // namespace dm::catalogue
