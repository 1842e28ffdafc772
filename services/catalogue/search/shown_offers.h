#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/catalogue/search/offer_document.h"
#include "services/catalogue/search/shown_offer.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <vector>

namespace dm::catalogue::search {

// The offers that searches showed lately, so that the next page that shows them asks no database.
// They are as true as the index beside them: whoever follows the changes drops what was touched,
// and says up to when it has done so; without word from it for kMostBehind everything is read from
// the database again. Bounded: what was not shown for longest goes first. Thread-safe.
class ShownOffers {
 public:
  // How much older than the tables an offer from here may be.
  static constexpr absl::Duration kMostBehind = absl::Milliseconds(400);
  static constexpr size_t kMostBytes = size_t{256} << 20;

  // With no bytes nothing is kept.
  explicit ShownOffers(size_t most_bytes = kMostBytes)
      : most_bytes_of_shard_(most_bytes / kShards) {}

  using Offer = std::shared_ptr<const ShownOffer>;
  struct Found {
    // Null when it is to be read.
    Offer offer;
    // For Keep, when it was read after this.
    uint64_t ticket = 0;
  };

  Found Find(const OfferId& id, absl::Time now);

  // Keeps what was read after Find gave `ticket`, unless a change came in between: what was read
  // may be of before it.
  void Keep(const OfferId& id, uint64_t ticket, Offer offer);

  // What was committed before `time` has been dropped where it had to be.
  void FollowedUpTo(absl::Time time) { followed_ = absl::ToUnixMicros(time); }
  void Drop(const OfferId& id);
  void DropAll();

  // Of all that is kept.
  size_t bytes() const;

 private:
  struct Entry {
    OfferId id;
    Offer offer;
    size_t bytes = 0;
  };
  // What was shown last is the last.
  using Entries = std::list<Entry>;
  // Many searches look at once.
  struct Shard {
    mutable absl::Mutex mutex;
    Entries entries ABSL_GUARDED_BY(mutex);
    absl::flat_hash_map<OfferId, Entries::iterator> by_id ABSL_GUARDED_BY(mutex);
    size_t bytes ABSL_GUARDED_BY(mutex) = 0;
    // So far.
    uint64_t drops ABSL_GUARDED_BY(mutex) = 0;
  };
  static constexpr size_t kShards = 64;

  Shard& ShardOf(const OfferId& id);
  static void Erase(Entries::iterator entry, Shard& shard)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard.mutex);

  const size_t most_bytes_of_shard_;
  // Microseconds since the Unix epoch.
  std::atomic<int64_t> followed_ = 0;
  std::array<Shard, kShards> shards_;
};

}  // namespace dm::catalogue::search
