#include "services/catalogue/search/shown_offers.h"

#include "absl/hash/hash.h"

#include <iterator>
#include <utility>

namespace dm::catalogue::search {

size_t ShownOffer::bytes() const {
  size_t sum = sizeof(ShownOffer) + encoded.capacity();
  for (const Slot& session : sessions) sum += sizeof(Slot) + session.encoded.capacity();
  for (const FoldedText& text : texts) sum += sizeof(FoldedText) + text.bytes();
  return sum;
}

ShownOffers::Shard& ShownOffers::ShardOf(const OfferId& id) {
  return shards_[absl::HashOf(id) % kShards];
}

ShownOffers::Found ShownOffers::Find(const OfferId& id, absl::Time now) {
  // A clock that was set back makes everything too old rather than eternal.
  const int64_t behind = absl::ToUnixMicros(now) - followed_;
  const bool is_followed = behind >= 0 && behind < absl::ToInt64Microseconds(kMostBehind);
  Shard& shard = ShardOf(id);
  const absl::MutexLock lock(&shard.mutex);
  Found found{.ticket = shard.drops};
  if (!is_followed) return found;
  if (const auto entry = shard.by_id.find(id); entry != shard.by_id.end()) {
    shard.entries.splice(shard.entries.end(), shard.entries, entry->second);
    found.offer = entry->second->offer;
  }
  return found;
}

void ShownOffers::Keep(const OfferId& id, uint64_t ticket, Offer offer) {
  const size_t bytes = offer->bytes() + sizeof(Entry);
  if (bytes > most_bytes_of_shard_) return;
  Shard& shard = ShardOf(id);
  const absl::MutexLock lock(&shard.mutex);
  if (shard.drops != ticket || shard.by_id.contains(id)) return;
  while (shard.bytes + bytes > most_bytes_of_shard_) Erase(shard.entries.begin(), shard);
  shard.entries.push_back({id, std::move(offer), bytes});
  shard.by_id[id] = std::prev(shard.entries.end());
  shard.bytes += bytes;
}

void ShownOffers::Drop(const OfferId& id) {
  Shard& shard = ShardOf(id);
  const absl::MutexLock lock(&shard.mutex);
  ++shard.drops;
  if (const auto entry = shard.by_id.find(id); entry != shard.by_id.end()) {
    Erase(entry->second, shard);
  }
}

void ShownOffers::DropAll() {
  for (Shard& shard : shards_) {
    const absl::MutexLock lock(&shard.mutex);
    ++shard.drops;
    shard.by_id.clear();
    shard.entries.clear();
    shard.bytes = 0;
  }
}

size_t ShownOffers::bytes() const {
  size_t sum = 0;
  for (const Shard& shard : shards_) {
    const absl::MutexLock lock(&shard.mutex);
    sum += shard.bytes;
  }
  return sum;
}

void ShownOffers::Erase(Entries::iterator entry, Shard& shard) {
  shard.bytes -= entry->bytes;
  shard.by_id.erase(entry->id);
  shard.entries.erase(entry);
}

}  // namespace dm::catalogue::search
