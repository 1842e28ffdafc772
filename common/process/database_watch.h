#pragma once

#include "common/database/database.h"
#include "common/execution/recurring_task.h"

#include <atomic>

namespace dm::process {

// Whether the database answers, asked again and again on a thread of its own. Thread-safe.
class DatabaseWatch {
 public:
  // It has just answered. `database` outlives this.
  explicit DatabaseWatch(database::Database* database);

  bool answers() const { return answers_; }

 private:
  // How long to rest until the next look.
  absl::Duration Look();

  database::Database* const database_;
  std::atomic<bool> answers_ = true;
  int slow_looks_ = 0;
  RecurringTask task_;
};

}  // namespace dm::process
