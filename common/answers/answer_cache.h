#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/time/clock.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dm {

// Answers to public reads for the second that the API promises and no longer: who asks the same
// gets the same without a database, and of those who ask the same at once only one reads. What an
// answer says counts from when it was read, wherever that was: the age of an answer that another
// cache gave adds up. Where somebody follows what changes, an answer of before stays as young as
// the last look that found nothing changed since. Bounded; thread-safe and quick enough for a gRPC
// thread.
//
// `Message` is what is kept, and says by `size_t ByteSize() const` how much memory it takes.
template <typename Message>
class AnswerCache {
 public:
  using Answer = std::shared_ptr<const Message>;
  // An answer, and when the reading of what it says began. Without an answer: none.
  struct Kept {
    Answer answer;
    absl::Time read = absl::InfinitePast();
    // Until then it says the same as long as nothing changes. In the past where it is not known of.
    absl::Time steady_until = absl::InfinitePast();
    // How many changes were known of before the reading began.
    uint64_t changes = 0;

    explicit operator bool() const { return answer != nullptr; }
  };
  // Called with the answer of somebody else, or with none: then ask again.
  using Waiter = absl::AnyInvocable<void(Kept) &&>;

  static constexpr absl::Duration kOldest = absl::Seconds(1);
  // Who asks later than this does not wait for that reading: its answer would come old.
  static constexpr absl::Duration kLongestShared = absl::Milliseconds(500);

  // Up to when no more than so many changes are known of; in the past where there were more.
  // Thread-safe and quick.
  using UnchangedUntil = std::function<absl::Time(uint64_t changes)>;

  // `clock` outlives this. `most_bytes` bounds keys and answers together; with 0 everybody reads
  // for themselves. `unchanged_until` may be null.
  AnswerCache(const Clock* clock, size_t most_bytes, UnchangedUntil unchanged_until = nullptr)
      : clock_(clock),
        most_bytes_of_shard_(most_bytes / kShards),
        unchanged_until_(std::move(unchanged_until)) {}

  // None when there is none that is young enough. Of one that is true of later than when it was
  // read, `read` is that later time.
  Kept Find(absl::string_view key) const;

  // Says that the caller is about to read. False when somebody reads the same: then `waiter` is
  // called once they have finished, on their thread; or when somebody has done so since the caller
  // looked: then it is called at once. True: the caller reads, and then calls Finish whatever
  // happens.
  [[nodiscard]] bool Begin(const std::string& key, Waiter waiter);

  // Keeps an answer and gives it to those who wait for it. None when the reading failed: that is
  // nobody else's failure. An answer that is too old by now, or of before a Drop, is none.
  void Finish(const std::string& key, Kept kept);

  // Takes the place of the answer that was read at the same moment, if that is still kept: for who
  // made more of it.
  void Replace(const std::string& key, Kept kept);

  // What this key is about has changed: what was read until now is not given any more, and who asks
  // from now on does not wait for it.
  void Drop(absl::string_view key);

  // What is kept now takes so much.
  size_t bytes() const;

 private:
  struct Entry {
    std::string key;
    Kept kept;
    size_t bytes = 0;
  };
  // The oldest first.
  using Entries = std::list<Entry>;
  struct Reading {
    absl::Time begun;
    std::vector<Waiter> waiters;
  };
  // All readings of a key that are under way.
  struct Flight {
    // The oldest first.
    std::vector<Reading> readings;
    absl::Time dropped = absl::InfinitePast();
  };
  // Many gRPC threads ask at once.
  struct Shard {
    mutable absl::Mutex mutex;
    Entries entries ABSL_GUARDED_BY(mutex);
    absl::flat_hash_map<absl::string_view, typename Entries::iterator> by_key
        ABSL_GUARDED_BY(mutex);
    size_t bytes ABSL_GUARDED_BY(mutex) = 0;
    absl::flat_hash_map<std::string, Flight> flights ABSL_GUARDED_BY(mutex);
  };
  static constexpr size_t kShards = 16;

  // A clock that was set back makes everything too old rather than eternal.
  static bool IsYoung(absl::Time read, absl::Time now) {
    return read <= now && now - read < kOldest;
  }
  // The answer as `Find` gives it.
  Kept YoungOf(const Kept& kept, absl::Time now) const;
  // Whether what the last of these readings brings will be of use to who asks now.
  static bool WillDo(const Flight& flight, absl::Time now) {
    const absl::Time begun = flight.readings.back().begun;
    return begun <= now && now - begun <= kLongestShared && begun > flight.dropped;
  }
  // Ends one of its readings and returns who is to be told. Which of them ended does not matter:
  // without an answer that is who has waited longest.
  static std::vector<Waiter> EndOne(Flight& flight, bool has_answer);
  Shard& ShardOf(absl::string_view key) const { return shards_[absl::HashOf(key) % kShards]; }
  void Store(const std::string& key, Kept kept, Shard& shard) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard.mutex);
  static void Erase(typename Entries::iterator entry, Shard& shard)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard.mutex);

  const Clock* const clock_;
  const size_t most_bytes_of_shard_;
  const UnchangedUntil unchanged_until_;
  mutable std::array<Shard, kShards> shards_;
};

template <typename Message>
typename AnswerCache<Message>::Kept AnswerCache<Message>::Find(absl::string_view key) const {
  const Shard& shard = ShardOf(key);
  const absl::Time now = clock_->Now();
  const absl::ReaderMutexLock lock(&shard.mutex);
  const auto found = shard.by_key.find(key);
  return found == shard.by_key.end() ? Kept() : YoungOf(found->second->kept, now);
}

template <typename Message>
typename AnswerCache<Message>::Kept AnswerCache<Message>::YoungOf(const Kept& kept,
                                                                  absl::Time now) const {
  Kept young = kept;
  if (unchanged_until_ != nullptr && kept.steady_until > kept.read) {
    young.read = std::max(kept.read, std::min(unchanged_until_(kept.changes), kept.steady_until));
  }
  return IsYoung(young.read, now) ? young : Kept();
}

template <typename Message>
bool AnswerCache<Message>::Begin(const std::string& key, Waiter waiter) {
  if (most_bytes_of_shard_ == 0) return true;
  Shard& shard = ShardOf(key);
  const absl::Time now = clock_->Now();
  Kept just_read;
  {
    const absl::MutexLock lock(&shard.mutex);
    if (const auto found = shard.by_key.find(key); found != shard.by_key.end()) {
      just_read = YoungOf(found->second->kept, now);
    }
    if (!just_read) {
      const auto [found, is_new] = shard.flights.try_emplace(key);
      Flight& flight = found->second;
      if (is_new || !WillDo(flight, now)) {
        flight.readings.push_back({.begun = now});
        return true;
      }
      flight.readings.back().waiters.push_back(std::move(waiter));
      return false;
    }
  }
  std::move(waiter)(std::move(just_read));
  return false;
}

template <typename Message>
void AnswerCache<Message>::Finish(const std::string& key, Kept kept) {
  Shard& shard = ShardOf(key);
  const absl::Time now = clock_->Now();
  if (!IsYoung(kept.read, now)) kept = {};
  std::vector<Waiter> waiters;
  {
    const absl::MutexLock lock(&shard.mutex);
    if (const auto flight = shard.flights.find(key); flight != shard.flights.end()) {
      if (kept.read <= flight->second.dropped) kept = {};
      waiters = EndOne(flight->second, static_cast<bool>(kept));
      if (flight->second.readings.empty()) shard.flights.erase(flight);
    }
    if (kept) Store(key, kept, shard);
  }
  for (Waiter& waiter : waiters) std::move(waiter)(kept);
}

template <typename Message>
std::vector<typename AnswerCache<Message>::Waiter> AnswerCache<Message>::EndOne(Flight& flight,
                                                                                bool has_answer) {
  std::vector<Waiter> told;
  for (Reading& reading : flight.readings) {
    std::move(reading.waiters.begin(), reading.waiters.end(), std::back_inserter(told));
    reading.waiters.clear();
    if (!has_answer) break;
  }
  flight.readings.erase(flight.readings.begin());
  return told;
}

template <typename Message>
void AnswerCache<Message>::Replace(const std::string& key, Kept kept) {
  Shard& shard = ShardOf(key);
  const absl::MutexLock lock(&shard.mutex);
  const auto old = shard.by_key.find(key);
  if (old == shard.by_key.end() || old->second->kept.read != kept.read) return;
  Store(key, std::move(kept), shard);
}

template <typename Message>
void AnswerCache<Message>::Drop(absl::string_view key) {
  Shard& shard = ShardOf(key);
  const absl::Time now = clock_->Now();
  const absl::MutexLock lock(&shard.mutex);
  if (const auto old = shard.by_key.find(key); old != shard.by_key.end()) {
    Erase(old->second, shard);
  }
  if (const auto flight = shard.flights.find(key); flight != shard.flights.end()) {
    flight->second.dropped = now;
  }
}

template <typename Message>
size_t AnswerCache<Message>::bytes() const {
  size_t bytes = 0;
  for (const Shard& shard : shards_) {
    const absl::ReaderMutexLock lock(&shard.mutex);
    bytes += shard.bytes;
  }
  return bytes;
}

template <typename Message>
void AnswerCache<Message>::Store(const std::string& key, Kept kept, Shard& shard) const {
  if (const auto old = shard.by_key.find(key); old != shard.by_key.end()) {
    Erase(old->second, shard);
  }
  const size_t bytes = key.size() + kept.answer->ByteSize() + sizeof(Entry);
  if (bytes > most_bytes_of_shard_) return;
  while (shard.bytes + bytes > most_bytes_of_shard_) Erase(shard.entries.begin(), shard);
  shard.entries.push_back({key, std::move(kept), bytes});
  const auto entry = std::prev(shard.entries.end());
  shard.by_key[entry->key] = entry;
  shard.bytes += bytes;
}

template <typename Message>
void AnswerCache<Message>::Erase(typename Entries::iterator entry, Shard& shard) {
  shard.bytes -= entry->bytes;
  shard.by_key.erase(entry->key);
  shard.entries.erase(entry);
}

}  // namespace dm
