#include "common/process/resource_meters.h"

#include <cstdint>
#include <memory>
#include <utility>

namespace dm::process {

using telemetry::CounterOf;
using telemetry::GaugeOf;

struct ResourceMeters::OfDatabase {
  prometheus::Gauge& in_use =
      GaugeOf("dm_database_connections", "Connections by state", {{"state", "in_use"}});
  prometheus::Gauge& idle =
      GaugeOf("dm_database_connections", "Connections by state", {{"state", "idle"}});
  prometheus::Gauge& most = GaugeOf("dm_database_connections_max", "Connections at most");
  prometheus::Gauge& waiting = GaugeOf("dm_database_waiting", "Callers that wait for a connection");
  prometheus::Counter& opened =
      CounterOf("dm_database_connections_opened_total", "Connections opened");
  prometheus::Counter& broken =
      CounterOf("dm_database_connections_broken_total", "Connections found broken");
  prometheus::Counter& retried =
      CounterOf("dm_database_retries_total", "Transactions that were tried again");
  // What was counted so far.
  database::PoolCounters seen;
};

std::function<void(absl::Duration)> ResourceMeters::WaitMeter() {
  auto& seconds =
      telemetry::LatencyOf("dm_executor_wait_seconds", "For how long calls waited for a worker");
  return [&seconds](absl::Duration waited) { seconds.Observe(absl::ToDoubleSeconds(waited)); };
}

ResourceMeters::ResourceMeters(const Executor* executor, size_t queue_capacity,
                               const database::Database* database, int pool_size)
    : executor_(executor),
      database_(database),
      queued_(GaugeOf("dm_executor_queued", "Calls that wait for a worker")) {
  GaugeOf("dm_executor_queue_capacity", "Calls that may wait for a worker")
      .Set(static_cast<double>(queue_capacity));
  if (database_ == nullptr) return;
  of_database_ = std::make_shared<OfDatabase>();
  of_database_->most.Set(pool_size);
}

void ResourceMeters::Update() {
  queued_.Set(static_cast<double>(executor_->queued()));
  if (database_ == nullptr) return;
  OfDatabase& of = *of_database_;
  const database::PoolCounters now = database_->counters();
  of.in_use.Set(now.in_use);
  of.idle.Set(now.idle);
  of.waiting.Set(now.waiting);
  const database::PoolCounters before = std::exchange(of.seen, now);
  of.opened.Increment(static_cast<double>(now.opened - before.opened));
  of.broken.Increment(static_cast<double>(now.broken - before.broken));
  of.retried.Increment(static_cast<double>(now.retried - before.retried));
}

}  // namespace dm::process
