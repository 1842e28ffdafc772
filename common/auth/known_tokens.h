#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/auth/caller.h"
#include "common/auth/jwk.h"

#include <memory>
#include <string>

namespace dm::auth {

// A token whose signature and claims were found good, and when it is.
struct KnownToken {
  Caller caller;
  absl::Time not_before = absl::InfinitePast();
  absl::Time expires;
  // Those that vouch for it: with other keys it must be verified anew.
  std::shared_ptr<const KeySet> keys;
};

// The tokens that came lately, by their SHA-256: whoever books calls several times, and checking a
// signature costs as much as all the rest of a short call. Bounded: what has not come for a while
// is forgotten. Thread-safe.
class KnownTokens {
 public:
  // Remembers at least the last capacity / 2 and at most `capacity`.
  explicit KnownTokens(size_t capacity) : generation_(capacity / 2) {}

  static std::string DigestOf(absl::string_view token);

  // Null when it is not known.
  std::shared_ptr<const KnownToken> Find(const std::string& digest);
  void Add(std::string digest, std::shared_ptr<const KnownToken> token);

 private:
  using Generation = absl::flat_hash_map<std::string, std::shared_ptr<const KnownToken>>;

  void AddLocked(std::string digest, std::shared_ptr<const KnownToken> token)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t generation_;
  absl::Mutex mutex_;
  // When the younger generation is full the elder goes. What is found in the elder comes over.
  Generation younger_ ABSL_GUARDED_BY(mutex_);
  Generation elder_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace dm::auth
