#include "services/catalogue/api/answer_cache.h"

#include "absl/hash/hash.h"

#include <utility>

namespace dm::catalogue {
namespace {

constexpr absl::Duration kOldest = absl::Seconds(1);
// Who asks later than this does not wait for that reading: its answer would come old.
constexpr absl::Duration kLongestShared = absl::Milliseconds(500);

// A clock that was set back makes everything too old rather than eternal.
bool IsYoung(absl::Time read, absl::Time now) { return read <= now && now - read < kOldest; }

}  // namespace

AnswerCache::AnswerCache(const Clock* clock, size_t most_bytes)
    : clock_(clock), most_bytes_of_shard_(most_bytes / kShards) {}

AnswerCache::Shard& AnswerCache::ShardOf(absl::string_view key) const {
  return shards_[absl::HashOf(key) % kShards];
}

AnswerCache::Answer AnswerCache::Find(absl::string_view key) const {
  const Shard& shard = ShardOf(key);
  const absl::Time now = clock_->Now();
  const absl::ReaderMutexLock lock(&shard.mutex);
  const auto found = shard.by_key.find(key);
  if (found == shard.by_key.end() || !IsYoung(found->second->read, now)) return nullptr;
  return found->second->answer;
}

bool AnswerCache::Begin(const std::string& key, Waiter waiter) {
  if (most_bytes_of_shard_ == 0) return true;
  Shard& shard = ShardOf(key);
  const absl::Time now = clock_->Now();
  const absl::MutexLock lock(&shard.mutex);
  const auto [flight, is_new] = shard.flights.try_emplace(key, Flight{.begun = now});
  if (is_new) return true;
  const absl::Duration age = now - flight->second.begun;
  if (age < absl::ZeroDuration() || age > kLongestShared) {
    flight->second.begun = now;
    return true;
  }
  flight->second.waiters.push_back(std::move(waiter));
  return false;
}

void AnswerCache::Finish(const std::string& key, Answer answer, absl::Time read) {
  Shard& shard = ShardOf(key);
  const absl::Time now = clock_->Now();
  if (answer != nullptr && !IsYoung(read, now)) answer = nullptr;
  std::vector<Waiter> waiters;
  {
    const absl::MutexLock lock(&shard.mutex);
    if (const auto flight = shard.flights.find(key); flight != shard.flights.end()) {
      waiters = std::move(flight->second.waiters);
      shard.flights.erase(flight);
    }
    if (answer != nullptr) Keep(key, answer, read, shard);
  }
  for (Waiter& waiter : waiters) std::move(waiter)(answer);
}

void AnswerCache::Keep(const std::string& key, const Answer& answer, absl::Time read,
                       Shard& shard) const {
  if (const auto old = shard.by_key.find(key); old != shard.by_key.end()) {
    Drop(old->second, shard);
  }
  const size_t bytes = key.size() + answer->bytes.Length() + sizeof(Entry);
  if (bytes > most_bytes_of_shard_) return;
  while (shard.bytes + bytes > most_bytes_of_shard_) Drop(shard.entries.begin(), shard);
  shard.entries.push_back({key, answer, read, bytes});
  const auto entry = std::prev(shard.entries.end());
  shard.by_key[entry->key] = entry;
  shard.bytes += bytes;
}

void AnswerCache::Drop(Entries::iterator entry, Shard& shard) {
  shard.bytes -= entry->bytes;
  shard.by_key.erase(entry->key);
  shard.entries.erase(entry);
}

}  // namespace dm::catalogue
