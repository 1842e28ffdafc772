#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/execution/recurring_task.h"
#include "common/time/clock.h"
#include "services/catalogue/search/catalogue_index.h"

#include <cstdint>

namespace dm::catalogue {

// Keeps the index as the tables are: reads everything at first, then what changed, some
// milliseconds after it was committed. Where the database is away, the index stays as it was.
class IndexFollower {
 public:
  // All outlive this. Nothing is read before Start or CatchUp.
  IndexFollower(database::Database* database, search::CatalogueIndex* index, const Clock* clock);

  void Start() {
    task_.Start();
    deletion_.Start();
  }
  // Says that a transaction that touched something was committed. Cheap. A commit that nobody tells
  // of, one of another replica for instance, is seen at the next look all the same.
  void Wake() { task_.Wake(); }

  // Takes over everything that is committed now. Not while the task runs.
  absl::Status CatchUp(absl::Time deadline);

 private:
  // Each says whether all that was committed before it began is in now. It ends however much is
  // committed meanwhile: who waited for the last commit would never have followed up to anywhere.
  absl::StatusOr<bool> LookOnce(absl::Time deadline);
  absl::StatusOr<bool> ReadEverything(absl::Time deadline);
  absl::StatusOr<bool> ReadChanges(absl::Time deadline);
  // Both return how long to rest.
  absl::Duration Work();
  absl::Duration DeleteOldChanges();
  // Sessions before this are in no search: pages go on for 24 h at most.
  absl::Time SessionsAfter() const;

  database::Database* const database_;
  search::CatalogueIndex* const index_;
  const Clock* const clock_;
  // The number of the last change that is in the index.
  int64_t position_ = 0;
  // Whether changes alone would not do.
  bool anew_ = true;
  // The last, so that they end before the rest goes. What every reader has seen is deleted beside
  // the looks: it may take longer than any of them may be late.
  RecurringTask task_;
  RecurringTask deletion_;
};

}  // namespace dm::catalogue
