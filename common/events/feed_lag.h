#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/telemetry/metrics.h"

#include <cstdint>
#include <string>

namespace dm::events {

// Shows how far a reader is behind the end of its feed: dm_feed_position, dm_feed_lag_events (a
// bound from above, as events of types that it does not want count), dm_feed_lag_seconds (for how
// long it has not been at the end) and dm_feed_reading, by feed. Of several replicas, the one that
// reads tells; the others are at 0. Thread-safe.
class FeedLag {
 public:
  FeedLag(const std::string& feed, absl::Time now);

  // Whether this replica reads now.
  void SetReading(bool reading, absl::Time now);
  // Everything up to `position` was applied when the feed's end was `end`.
  void At(int64_t position, int64_t end, absl::Time now);
  // Time has passed. Without a call of At for longer than a feed ever keeps silent, the reader
  // counts as behind.
  void Refresh(absl::Time now);

 private:
  prometheus::Gauge& position_;
  prometheus::Gauge& events_;
  prometheus::Gauge& seconds_;
  prometheus::Gauge& reading_gauge_;
  absl::Mutex mutex_;
  bool reading_ ABSL_GUARDED_BY(mutex_) = false;
  bool at_end_ ABSL_GUARDED_BY(mutex_) = false;
  // When it was at the end, at the latest.
  absl::Time current_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace dm::events
