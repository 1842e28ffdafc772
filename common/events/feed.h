#pragma once

#include "common/database/database.h"
#include "common/rpc/service_binding.h"

#include <memory>
#include <string>

namespace dm::events {

// Serves a service's outbox as its EventFeedService. One reader thread a subscriber; a subscriber
// that asks from the beginning gets everything. Wakes by Wake() from the committing code in this
// process, and by a poll every 20 ms underneath, so that what another replica or a lost wake-up
// committed is at most that late. Thread-safe.
class EventFeed {
 public:
  // `source` is the feed's name ("booking"). `database` outlives the feed.
  static std::unique_ptr<EventFeed> Create(std::string source, database::Database* database);
  virtual ~EventFeed() = default;

  // Says that a transaction with events was committed. Cheap; call it after every such commit.
  virtual void Wake() = 0;

  // The gRPC service, to be registered with the process's server; for callers inside the suite.
  virtual std::unique_ptr<rpc::ServiceBinding> Bind(rpc::Pipeline* pipeline) = 0;
};

}  // namespace dm::events
