#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/partner_feed/feed_mirror.h"
#include "common/partner_feed/shown_event.h"

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dm::partner_feed {

// A position in each source, in their order.
using Positions = std::vector<int64_t>;

// The feeds of several sources as one. Thread-safe.
class MergedFeed {
 public:
  struct Source {
    std::string name;
    std::shared_ptr<grpc::Channel> channel;
  };
  using Limits = FeedMirror::Limits;
  // Whether somebody who is behind may wait for the sources.
  enum class Reach { kMemory, kSources };

  // What memory a source may take is its mirror's default unless `mirrors` says otherwise, of which
  // limits alone are looked at.
  explicit MergedFeed(const std::vector<Source>& sources,
                      const FeedMirror::Options& mirrors = FeedMirror::Options());
  // All readers have gone.
  ~MergedFeed();

  size_t sources() const { return mirrors_.size(); }
  Positions Beginning() const { return Positions(mirrors_.size(), 0); }
  // UNAVAILABLE when a source has not been reached yet.
  absl::StatusOr<Positions> End() const;

  struct Batch {
    std::vector<destinationmetier::gateway::v1::PartnerEvent> events;
    // Of each of them: where its source stands in the positions, and its position there.
    struct Origin {
      size_t source;
      int64_t position;
    };
    std::vector<Origin> origins;
    // Behind all of them.
    Positions positions;
    // Nothing more is known now, of any source that can be reached.
    bool at_end = true;
    // With kMemory: some source's memory does not reach back so far.
    bool behind = false;
    // Some source could not be reached.
    bool incomplete = false;
  };
  // The next events for the reader. A source that cannot be reached is left where it is, so that
  // the others are not held up; INVALID_ARGUMENT and OUT_OF_RANGE as FeedMirror::FromSource.
  absl::StatusOr<Batch> Next(const EventFilter& reader, const Positions& from, const Limits& limits,
                             Reach reach, absl::Time deadline);

  // Raised whenever there may be more to read.
  int64_t version() const;
  // Waits until the version is beyond `seen`, at most until `deadline`.
  void AwaitNews(int64_t seen, absl::Time deadline) const;

 private:
  void OnNews();

  mutable absl::Mutex mutex_;
  mutable absl::CondVar news_;
  int64_t version_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::unique_ptr<FeedMirror>> mirrors_;
};

}  // namespace dm::partner_feed
