#include "common/events/feed_lag.h"

#include <algorithm>

namespace dm::events {
namespace {

// Signs of life come every 10 s.
constexpr absl::Duration kLongestSilence = absl::Seconds(20);

}  // namespace

FeedLag::FeedLag(const std::string& feed, absl::Time now)
    : position_(
          telemetry::GaugeOf("dm_feed_position", "Events of a feed read so far", {{"feed", feed}})),
      events_(telemetry::GaugeOf("dm_feed_lag_events", "Events of a feed that are still to be read",
                                 {{"feed", feed}})),
      seconds_(telemetry::GaugeOf("dm_feed_lag_seconds",
                                  "For how long a feed has not been read to its end",
                                  {{"feed", feed}})),
      reading_gauge_(telemetry::GaugeOf("dm_feed_reading",
                                        "1 while this replica is the one that reads the feed",
                                        {{"feed", feed}})),
      current_(now) {}

void FeedLag::SetReading(bool reading, absl::Time now) {
  absl::MutexLock lock(&mutex_);
  if (reading == reading_) return;
  reading_ = reading;
  reading_gauge_.Set(reading ? 1 : 0);
  at_end_ = false;
  current_ = now;
  seconds_.Set(0);
  if (!reading) events_.Set(0);
}

void FeedLag::At(int64_t position, int64_t end, absl::Time now) {
  position_.Set(static_cast<double>(position));
  events_.Set(static_cast<double>(std::max<int64_t>(end - position, 0)));
  absl::MutexLock lock(&mutex_);
  at_end_ = position >= end;
  if (at_end_) current_ = now;
  seconds_.Set(absl::ToDoubleSeconds(now - current_));
}

void FeedLag::Refresh(absl::Time now) {
  absl::MutexLock lock(&mutex_);
  if (!reading_) return;
  const absl::Duration silence = now - current_;
  const bool behind = !at_end_ || silence > kLongestSilence;
  seconds_.Set(behind ? absl::ToDoubleSeconds(silence) : 0);
}

}  // namespace dm::events
