#pragma once

#include "common/database/database.h"
#include "common/execution/executor.h"
#include "common/telemetry/metrics.h"

#include <functional>
#include <memory>

namespace dm::process {

// Shows how busy what calls wait for is: dm_executor_… and dm_database_….
class ResourceMeters {
 public:
  // Makes what the executor tells how long its tasks waited.
  static std::function<void(absl::Duration)> WaitMeter();

  // `database` is null for none. Both outlive this.
  ResourceMeters(const Executor* executor, size_t queue_capacity,
                 const database::Database* database, int pool_size);

  // For the thread that looks after the process, some times a second.
  void Update();

 private:
  struct OfDatabase;

  const Executor* const executor_;
  const database::Database* const database_;
  prometheus::Gauge& queued_;
  std::shared_ptr<OfDatabase> of_database_;
};

}  // namespace dm::process
