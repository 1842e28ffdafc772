#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/execution/recurring_task.h"
#include "services/booking/domain/school_calendar.h"

#include <cstdint>
#include <memory>
#include <optional>

namespace dm::booking {

// The school calendar in memory, as the database had it at most 30 s ago: another process may have
// imported one since. When the database cannot be asked, the last one goes on. Thread-safe.
class CurrentCalendar {
 public:
  // `database` outlives this. The calendar is empty, and nothing runs, before Refresh or Start.
  explicit CurrentCalendar(database::Database* database);

  // Never null; stays as it is however long it is held.
  std::shared_ptr<const SchoolCalendar> Get() const;
  // Whether the database was ever asked with success.
  bool is_loaded() const;

  // Asks the database now, and reads the calendar again when it has changed.
  absl::Status Refresh(absl::Time deadline);

  // Keeps it fresh from now on.
  void Start() { task_.Start(); }
  // Asks at once: this process has imported one.
  void Wake() { task_.Wake(); }

 private:
  // How long to rest after it.
  absl::Duration RunOnce();

  database::Database* const database_;
  mutable absl::Mutex mutex_;
  std::shared_ptr<const SchoolCalendar> calendar_ ABSL_GUARDED_BY(mutex_);
  std::optional<int64_t> version_ ABSL_GUARDED_BY(mutex_);
  // Last, so that it ends first.
  RecurringTask task_;
};

}  // namespace dm::booking
