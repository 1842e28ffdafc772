#pragma once

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/execution/recurring_task.h"
#include "common/time/clock.h"

#include <functional>

namespace dm::catalogue {

// Ends published offers when their last session is past. Works in small transactions, one replica
// at a time. Thread-safe.
class ArchivePast {
 public:
  // Database and clock outlive this. `on_events` runs after each transaction that sent events.
  // `most` is how many offers a transaction ends.
  ArchivePast(database::Database* database, const Clock* clock, std::function<void()> on_events,
              int most = 200);

  // Runs at once and about every ten minutes. Nothing runs before.
  void Start() { task_.Start(); }

  // Ends all that are due now; how many.
  absl::StatusOr<int> RunOnce() const;

 private:
  struct Batch {
    int archived = 0;
    bool more = false;
  };
  absl::StatusOr<Batch> RunBatch() const;

  database::Database* const database_;
  const Clock* const clock_;
  const std::function<void()> on_events_;
  const int most_;
  RecurringTask task_;
};

}  // namespace dm::catalogue
