#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/time/clock.h"

#include <google/protobuf/message.h>

#include <array>
#include <cstddef>
#include <memory>
#include <string>

namespace dm::catalogue {

// Answers to public reads, for the second that the API promises and no longer: who asks the same
// gets the same bytes without a database. Bounded; thread-safe and quick enough for a gRPC thread.
class AnswerCache {
 public:
  // `clock` outlives this. `most_bytes` bounds keys and answers together.
  AnswerCache(const Clock* clock, size_t most_bytes);

  // Null when there is none that is young enough.
  std::shared_ptr<const google::protobuf::Message> Find(absl::string_view key) const;

  // Keeps an answer whose reading began at `read`: that is how old what it says may be.
  void Keep(std::string key, std::shared_ptr<const google::protobuf::Message> answer,
            absl::Time read);

 private:
  struct Entry {
    std::shared_ptr<const google::protobuf::Message> answer;
    absl::Time read;
    size_t bytes = 0;
  };
  // Many gRPC threads ask at once.
  struct Shard {
    mutable absl::Mutex mutex;
    absl::flat_hash_map<std::string, Entry> entries ABSL_GUARDED_BY(mutex);
    size_t bytes ABSL_GUARDED_BY(mutex) = 0;
  };
  static constexpr size_t kShards = 16;

  Shard& ShardOf(absl::string_view key) const;
  // Makes room for `wanted` bytes: first what is too old goes, then everything.
  static void MakeRoom(size_t wanted, size_t most, absl::Time now, Shard& shard)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard.mutex);

  const Clock* const clock_;
  const size_t most_bytes_of_shard_;
  mutable std::array<Shard, kShards> shards_;
};

}  // namespace dm::catalogue
