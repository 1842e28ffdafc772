#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/events/feed_stream.h"
#include "common/partner_feed/shown_event.h"

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace dm::partner_feed {

// The recent events of one source in memory: read from it once, whoever follows. What is older than
// that is read from the source itself, by a few readers at a time, so that who is far behind costs
// it no more than some pages. Thread-safe.
class FeedMirror {
 public:
  struct Options {
    // "catalogue".
    std::string source;
    std::shared_ptr<grpc::Channel> channel;
    // What is kept in memory at most.
    size_t most_events = 20'000;
    size_t most_bytes = 16 * 1024 * 1024;
    // Readers who are behind, at once.
    int most_page_readers = 4;
  };

  // Reads from the source's present end on. `on_news` runs whenever there is more to be read, on
  // the mirror's thread.
  FeedMirror(Options options, std::function<void()> on_news);
  ~FeedMirror();

  const std::string& source() const { return options_.source; }
  // The position up to which it has everything since it began; absent as long as the source has not
  // been reached.
  std::optional<int64_t> End() const;

  // Takes what comes after `position` and is meant for the reader, and moves the position past all
  // that was looked at.
  struct Portion {
    std::vector<destinationmetier::gateway::v1::PartnerEvent> events;
    // Of each of them.
    std::vector<int64_t> sequences;
    int64_t position = 0;
    // Nothing more is known now.
    bool at_end = false;
  };
  struct Limits {
    int events = 100;
    size_t bytes = 256 * 1024;
  };
  // Absent when memory does not reach back so far, or not yet so far: another replica, which gave
  // the position out, may be ahead.
  std::optional<Portion> FromMemory(const EventFilter& reader, int64_t position,
                                    const Limits& limits) const;
  // Waits for the source. INVALID_ARGUMENT when it has never been at `position`, OUT_OF_RANGE with
  // reason EVENTS_EXPIRED when events behind it were deleted, UNAVAILABLE when it cannot be
  // reached.
  absl::StatusOr<Portion> FromSource(const EventFilter& reader, int64_t position,
                                     const Limits& limits, absl::Time deadline);

 private:
  void Run();
  bool Take(const events::FeedStream::Response& response);
  void Forget();
  void Trim() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  struct Kept {
    std::shared_ptr<const ShownEvent> event;
    size_t bytes;
  };

  const Options options_;
  const std::function<void()> on_news_;
  const std::unique_ptr<destinationmetier::event::v1::EventFeedService::Stub> stub_;
  mutable absl::Mutex mutex_;
  // Everything after this is in memory, up to `end_`; absent before the source was reached.
  std::optional<int64_t> start_ ABSL_GUARDED_BY(mutex_);
  int64_t end_ ABSL_GUARDED_BY(mutex_) = 0;
  std::deque<Kept> events_ ABSL_GUARDED_BY(mutex_);
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  int page_readers_ ABSL_GUARDED_BY(mutex_) = 0;
  events::FeedStream stream_;
  // Last, so that it starts when all else is there.
  std::thread thread_;
};

}  // namespace dm::partner_feed
