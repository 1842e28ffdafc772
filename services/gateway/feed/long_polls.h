#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/execution/executor.h"
#include "common/partner_feed/merged_feed.h"

#include <functional>
#include <list>
#include <memory>
#include <thread>

namespace dm::gateway {

using partner_feed::EventFilter;
using partner_feed::MergedFeed;
using partner_feed::Positions;

// Readers who ask for the next events and wait for them. However many wait, they hold no thread:
// one looks after all of them, and a few read from the sources for who is behind. Thread-safe.
class LongPolls {
 public:
  using Answer = absl::AnyInvocable<void(absl::StatusOr<MergedFeed::Batch>) &&>;

  struct Poll {
    EventFilter reader;
    Positions positions;
    MergedFeed::Limits limits;
    // When it is answered without events.
    absl::Time deadline;
    // Whether who asked has gone.
    std::function<bool()> gone;
    // Called once, from any thread.
    Answer answer;
  };

  // `feed` outlives this. `stopping` turns true when all are to be answered with what there is.
  LongPolls(MergedFeed* feed, std::function<bool()> stopping, size_t most = 1000);
  // Answers all.
  ~LongPolls();

  // RESOURCE_EXHAUSTED, as its answer, when as many wait as may.
  void Add(Poll poll);

 private:
  struct Waiting {
    Poll poll;
    // Of the feed when it was last looked at.
    int64_t version = 0;
    // Some source could not be reached: looked at again at this time at the latest.
    bool behind = false;
    absl::Time retry;
  };
  using Held = std::unique_ptr<Waiting>;

  void Submit(Held held);
  // Looks from where it stands, also in the sources; answers or parks.
  void Look(Held held);
  void Park(Held held);
  void LookAfter();
  // What is to be done with a parked one now.
  void Visit(Held held);
  void Conclude(Held held, absl::StatusOr<MergedFeed::Batch> batch);
  bool Ended() const;

  MergedFeed* const feed_;
  const std::function<bool()> stopping_;
  const size_t most_;
  mutable absl::Mutex mutex_;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  size_t open_ ABSL_GUARDED_BY(mutex_) = 0;
  std::list<Held> parked_ ABSL_GUARDED_BY(mutex_);
  Executor sources_;
  std::thread thread_;
};

}  // namespace dm::gateway
