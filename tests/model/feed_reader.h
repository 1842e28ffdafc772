#pragma once

#include "common/database/database.h"
#include "common/execution/recurring_task.h"
#include "tests/model/generator.h"

#include <cstdint>
#include <vector>

namespace dm::model {

// Reads the feed to its end again and again, as a consumer does, and lets people know what it
// tells.
class FeedReader {
 public:
  // Both outlive this.
  FeedReader(database::Database* database, Knowledge* knowledge)
      : database_(database), knowledge_(knowledge), task_([this] { return ReadOn(); }) {
    task_.Start();
  }

  // Reads what is there now, and ends; the numbers that were read, in that order.
  std::vector<int64_t> Finish();

 private:
  // How long to rest afterwards.
  absl::Duration ReadOn();

  database::Database* const database_;
  Knowledge* const knowledge_;
  absl::Mutex mutex_;
  int64_t last_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<int64_t> numbers_ ABSL_GUARDED_BY(mutex_);
  RecurringTask task_;
};

}  // namespace dm::model
