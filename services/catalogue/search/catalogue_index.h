#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "services/catalogue/search/offer_index.h"
#include "services/catalogue/search/profession_index.h"
#include "services/catalogue/search/shared_mutex.h"
#include "services/catalogue/search/shown_offers.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace dm::catalogue::search {

// All that searches look at. Any thread may read; one thread at a time writes.
class CatalogueIndex {
 public:
  // `most_shown_bytes`: see ShownOffers.
  explicit CatalogueIndex(size_t most_shown_bytes = ShownOffers::kMostBytes)
      : shown_(most_shown_bytes) {}

  OfferIndex& offers() { return offers_; }
  const OfferIndex& offers() const { return offers_; }

  // What was shown of them lately.
  ShownOffers& shown() { return shown_; }

  // Stays as it is for whoever has it. Never null.
  std::shared_ptr<const ProfessionIndex> professions() const {
    const ReaderLock lock(&mutex_);
    return professions_;
  }
  void SetProfessions(ProfessionIndex professions) {
    auto fresh = std::make_shared<const ProfessionIndex>(std::move(professions));
    const WriterLock lock(&mutex_);
    professions_.swap(fresh);
  }

  // Whether everything was put in once: before, searches would miss things.
  bool whole() const { return offers_.whole(); }

  // What was committed before `time` is in the index, and was put in before this was called.
  void FollowedUpTo(absl::Time time) {
    shown_.FollowedUpTo(time);
    followed_ = absl::ToUnixMicros(time);
  }
  // Up to when it is followed; long ago before it is whole.
  absl::Time followed() const { return absl::FromUnixMicros(followed_); }
  // Something was put in. Comes before FollowedUpTo a time after its commit.
  void Changed() { ++changes_; }

  // So far. Who begins to read after this sees them all.
  uint64_t changes() const { return changes_; }
  // Up to when what was read after so many changes is known to be what would be read; in the past
  // when there were more.
  absl::Time UnchangedUntil(uint64_t changes) const {
    // In this order: what was put in before is then seen to have been.
    const absl::Time until = followed();
    return changes == changes_ ? until : absl::InfinitePast();
  }

 private:
  OfferIndex offers_;
  ShownOffers shown_;
  mutable SharedMutex mutex_;
  std::shared_ptr<const ProfessionIndex> professions_ ABSL_GUARDED_BY(mutex_) =
      std::make_shared<const ProfessionIndex>();
  // Microseconds since the Unix epoch.
  std::atomic<int64_t> followed_ = 0;
  std::atomic<uint64_t> changes_ = 0;
};

}  // namespace dm::catalogue::search
