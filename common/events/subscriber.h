#pragma once

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/database/database.h"
#include "common/time/clock.h"
#include "destinationmetier/event/v1/event_feed_service.pb.h"

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace dm::events {

// Reads one feed of another service and gives its events, in order and each exactly once, to a
// function that writes their effect: the cursor is stored in the same transaction. Replicas of a
// consumer elect one reader per feed by a lease in PostgreSQL (10 s, renewed every 3 s), and a
// cursor that moved under a stale reader rolls its transaction back. Reconnects with backoff.
class FeedSubscriber {
 public:
  struct Options {
    // The feed that is read ("catalogue"); names the cursor's row.
    std::string feed;
    // Full names of the payloads wanted.
    std::vector<std::string> types;
    std::shared_ptr<grpc::Channel> channel;
    // Events a transaction at most.
    int batch = 200;
  };

  // Writes the effect of some events that follow one another. An error rolls back and is tried
  // again with backoff, for ever: an event is never skipped. May append to the outbox as its last
  // step.
  using Apply = std::function<absl::Status(database::Transaction&,
                                           absl::Span<const destinationmetier::event::v1::Event>)>;

  // Starts reading on a thread of its own. `after_commit` (may be null) runs after each commit.
  // `database` outlives the subscriber. The destructor stops and joins.
  static std::unique_ptr<FeedSubscriber> Start(Options options, database::Database* database,
                                               Apply apply, std::function<void()> after_commit);
  virtual ~FeedSubscriber() = default;

  // Whether the feed has been read up to its end at least once since the start, or another replica
  // reads it.
  virtual bool CaughtUp() const = 0;
};

// Reads a feed from its present end without storing anything: for caches. `on_events` runs on the
// watcher's thread; `on_gap` runs when the connection was lost, that is when events may have been
// missed and everything cached must go.
class FeedWatcher {
 public:
  static std::unique_ptr<FeedWatcher> Start(
      std::shared_ptr<grpc::Channel> channel, const std::vector<std::string>& types,
      std::function<void(absl::Span<const destinationmetier::event::v1::Event>)> on_events,
      std::function<void()> on_gap);
  virtual ~FeedWatcher() = default;
};

}  // namespace dm::events
