#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/time/clock.h"

#include <grpcpp/support/byte_buffer.h>

#include <array>
#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <vector>

namespace dm::catalogue {

// Answers to public reads, serialized, for the second that the API promises and no longer: who asks
// the same gets the same bytes without a database, and of those who ask the same at once only one
// reads. Bounded; thread-safe and quick enough for a gRPC thread.
class AnswerCache {
 public:
  struct Message {
    grpc::ByteBuffer bytes;
    // Whether it is a search's that found nothing.
    bool nothing_found = false;
  };
  using Answer = std::shared_ptr<const Message>;
  // Called with the answer of somebody else, or with null: then ask again.
  using Waiter = absl::AnyInvocable<void(Answer) &&>;

  // `clock` outlives this. `most_bytes` bounds keys and answers together; with 0 everybody reads
  // for themselves.
  AnswerCache(const Clock* clock, size_t most_bytes);

  // Null when there is none that is young enough.
  Answer Find(absl::string_view key) const;

  // Says that the caller is about to read. False when somebody reads the same: then `waiter` is
  // called once they have finished, on their thread. True: the caller reads, and then calls Finish
  // whatever happens.
  [[nodiscard]] bool Begin(const std::string& key, Waiter waiter);

  // Keeps an answer whose reading began at `read`, which is how old what it says may be, and gives
  // it to those who wait. Null when the reading failed: that is nobody else's failure.
  void Finish(const std::string& key, Answer answer, absl::Time read);

 private:
  struct Entry {
    std::string key;
    Answer answer;
    absl::Time read;
    size_t bytes = 0;
  };
  // The oldest first.
  using Entries = std::list<Entry>;
  struct Flight {
    absl::Time begun;
    std::vector<Waiter> waiters;
  };
  // Many gRPC threads ask at once.
  struct Shard {
    mutable absl::Mutex mutex;
    Entries entries ABSL_GUARDED_BY(mutex);
    absl::flat_hash_map<absl::string_view, Entries::iterator> by_key ABSL_GUARDED_BY(mutex);
    size_t bytes ABSL_GUARDED_BY(mutex) = 0;
    absl::flat_hash_map<std::string, Flight> flights ABSL_GUARDED_BY(mutex);
  };
  static constexpr size_t kShards = 16;

  Shard& ShardOf(absl::string_view key) const;
  void Keep(const std::string& key, const Answer& answer, absl::Time read, Shard& shard) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard.mutex);
  static void Drop(Entries::iterator entry, Shard& shard)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard.mutex);

  const Clock* const clock_;
  const size_t most_bytes_of_shard_;
  mutable std::array<Shard, kShards> shards_;
};

}  // namespace dm::catalogue
