#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/execution/recurring_task.h"
#include "common/time/clock.h"

#include <functional>
#include <string>

namespace dm::booking {

// Finishes the erasures that people asked for, once the ledger has released their bookings: makes
// what is left nobody's and says so in the feed, in one transaction. What is asked for stands in
// the database, so it survives a stop and is done once, whichever replica does it. Thread-safe.
class Erasures {
 public:
  // All outlive this. `after_commit` runs after each commit that wrote an event. One person takes
  // `patience` at most.
  Erasures(database::Database* database, const Clock* clock, std::function<void()> after_commit,
           absl::Duration patience = absl::Seconds(10));

  // Nothing runs before.
  void Start() { task_.Start(); }
  void Wake() { task_.Wake(); }

  // Finishes those that can be; how many. Somebody who fails stops nobody else, and is the error
  // that comes back. For tests, and for the loop itself.
  absl::StatusOr<int> RunOnce();

 private:
  absl::Status Finish(const std::string& person);
  void PutOff(const std::string& person);

  database::Database* const database_;
  const Clock* const clock_;
  const std::function<void()> after_commit_;
  const absl::Duration patience_;
  RecurringTask task_;
};

}  // namespace dm::booking
