#pragma once

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/execution/recurring_task.h"
#include "common/time/clock.h"
#include "services/booking/ledger/ledger.h"

namespace dm::booking {

// The ledger's timers. They are times in the rows (bookings.review_time, sessions.review_time);
// this asks which have come and has the ledger look at those, through its lanes like everybody
// else. Every replica does so: a look at what another has looked at finds nothing to do.
// Thread-safe.
class ReviewLoop {
 public:
  // All outlive this. Nothing runs before Start.
  ReviewLoop(database::Database* database, Ledger* ledger, const Clock* clock);

  // Looks at once and from then on: within half a second of every due time, and at every Wake.
  void Start() { task_.Start(); }
  // Something became due at this moment.
  void Wake() { task_.Wake(); }

  // Looks at all that is due now and waits until that is decided; how many looks were taken. For
  // tests, and for the loop itself.
  absl::StatusOr<int> RunDue();

 private:
  // How long to rest after it.
  absl::Duration RunOnce();

  database::Database* const database_;
  Ledger* const ledger_;
  const Clock* const clock_;
  RecurringTask task_;
};

}  // namespace dm::booking
