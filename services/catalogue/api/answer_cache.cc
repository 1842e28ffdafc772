#include "services/catalogue/api/answer_cache.h"

#include "absl/hash/hash.h"

#include <utility>

namespace dm::catalogue {
namespace {

constexpr absl::Duration kOldest = absl::Seconds(1);

// A clock that was set back makes everything too old rather than eternal.
bool IsYoung(absl::Time read, absl::Time now) { return read <= now && now - read < kOldest; }

}  // namespace

AnswerCache::AnswerCache(const Clock* clock, size_t most_bytes)
    : clock_(clock), most_bytes_of_shard_(most_bytes / kShards) {}

AnswerCache::Shard& AnswerCache::ShardOf(absl::string_view key) const {
  return shards_[absl::HashOf(key) % kShards];
}

std::shared_ptr<const google::protobuf::Message> AnswerCache::Find(absl::string_view key) const {
  const Shard& shard = ShardOf(key);
  const absl::Time now = clock_->Now();
  const absl::ReaderMutexLock lock(&shard.mutex);
  const auto found = shard.entries.find(key);
  if (found == shard.entries.end() || !IsYoung(found->second.read, now)) return nullptr;
  return found->second.answer;
}

void AnswerCache::Keep(std::string key, std::shared_ptr<const google::protobuf::Message> answer,
                       absl::Time read) {
  const size_t bytes = key.size() + answer->SpaceUsedLong() + sizeof(Entry);
  if (bytes > most_bytes_of_shard_) return;
  Shard& shard = ShardOf(key);
  const absl::Time now = clock_->Now();
  const absl::MutexLock lock(&shard.mutex);
  MakeRoom(bytes, most_bytes_of_shard_, now, shard);
  Entry& entry = shard.entries[std::move(key)];
  shard.bytes += bytes - entry.bytes;
  entry = {std::move(answer), read, bytes};
}

void AnswerCache::MakeRoom(size_t wanted, size_t most, absl::Time now, Shard& shard) {
  if (shard.bytes + wanted <= most) return;
  absl::erase_if(shard.entries, [&shard, now](const auto& item) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    const bool old = !IsYoung(item.second.read, now);
    if (old) shard.bytes -= item.second.bytes;
    return old;
  });
  // Whoever asks so much that is different is not helped by a cache.
  if (shard.bytes + wanted > most) {
    shard.entries.clear();
    shard.bytes = 0;
  }
}

}  // namespace dm::catalogue
