#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/execution/recurring_task.h"
#include "common/time/clock.h"

#include <functional>

namespace dm::catalogue {

// Lifts the bans whose time is over, within a minute of it. Offers stay suspended until somebody
// resumes them.
class BanEnds {
 public:
  // All outlive this. `on_events` runs after each run that lifted something.
  BanEnds(database::Database* database, const Clock* clock, std::function<void()> on_events);

  void Start() { task_.Start(); }

  // Lifts what is over now; how many. Not while the task runs.
  absl::StatusOr<int> LiftNow(absl::Time deadline);

 private:
  absl::Duration Work();

  database::Database* const database_;
  const Clock* const clock_;
  const std::function<void()> on_events_;
  // The last, so that it ends before the rest goes.
  RecurringTask task_;
};

}  // namespace dm::catalogue
