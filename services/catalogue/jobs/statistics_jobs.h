#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/execution/recurring_task.h"
#include "common/time/clock.h"
#include "services/catalogue/domain/search_tally.h"

namespace dm::catalogue {

// Writes down each minute what was searched for, in bounded transactions, and forgets what is not
// to be kept. A process that ends, or a write that fails, loses the counts of that minute: they are
// statistics, and nothing waits for them.
class SearchCountsJob {
 public:
  // All outlive this.
  SearchCountsJob(database::Database* database, SearchTally* tally, const Clock* clock);

  void Start() { task_.Start(); }
  // What the task does each time.
  absl::Status Flush(absl::Time deadline);
  absl::Status Forget(absl::Time deadline);

 private:
  absl::Duration Work();

  database::Database* const database_;
  SearchTally* const tally_;
  const Clock* const clock_;
  absl::Time next_forgetting_ = absl::InfinitePast();
  RecurringTask task_;
};

// Keeps the figures of each month up to date, on one replica at a time.
class MonthlyFiguresJob {
 public:
  // All outlive this.
  MonthlyFiguresJob(database::Database* database, const Clock* clock);

  void Start() { task_.Start(); }

 private:
  absl::Duration Work();

  database::Database* const database_;
  const Clock* const clock_;
  RecurringTask task_;
};

}  // namespace dm::catalogue
