#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/numeric/int128.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/rpc/method_table.h"
#include "services/gateway/limits/quota.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <utility>
#include <vector>

namespace dm::gateway {

// Whose allowance, for what.
struct AllowanceKey {
  // A keyed hash of the caller; see CallerHash.
  absl::uint128 caller = 0;
  rpc::RateClass rate_class = rpc::RateClass::kRead;

  friend bool operator==(const AllowanceKey&, const AllowanceKey&) = default;
  friend bool operator<(const AllowanceKey& a, const AllowanceKey& b) {
    return std::pair(a.caller, a.rate_class) < std::pair(b.caller, b.rate_class);
  }
  template <typename H>
  friend H AbslHashValue(H state, const AllowanceKey& key) {
    return H::combine(std::move(state), key.caller, key.rate_class);
  }
};

// What was spent here and the other replicas do not know of: as the time that gives it back.
struct Spending {
  AllowanceKey key;
  absl::Duration time;
};

// The allowances of the callers, as this replica knows them: GCRA, one time a caller and class. A
// call is decided here, in memory, and never waits.
//
// Replicas share what was spent through a SharedAllowances, a moment later. How exact that makes
// the limit: in any stretch of time t, R replicas together admit a caller at most calls · (R +
// t/window) times, and what the share of one replica admits within one exchange interval; one
// replica alone would admit calls · (1 + t/window). What was admitted beyond the limit is owed, and
// gets paid: the average over a long time is exactly the limit's. While the database is away each
// replica limits by itself.
//
// Memory is bounded: allowances that are whole again are forgotten. With more callers at once than
// `capacity` the rest go unlimited, and are counted.
//
// Thread-safe.
class Allowances {
 public:
  explicit Allowances(const Quotas& quotas, size_t capacity = 200'000);

  struct Decision {
    bool admitted = true;
    // What is left now, and when all of it is back. Without a limit: 0.
    int64_t remaining = 0;
    absl::Duration whole_in;
    // When refused: a call after this time can be admitted.
    absl::Duration retry_after;
  };
  Decision Spend(const AllowanceKey& key, absl::Time now);

  const Quota& QuotaOf(rpc::RateClass rate_class) const {
    return quotas_[static_cast<size_t>(rate_class)];
  }

  // All that was spent since the last time, sorted. Whoever takes it tells the others, then Learn
  // or, when that failed, GiveBack.
  std::vector<Spending> TakeSpendings();
  void GiveBack(const std::vector<Spending>& spendings, absl::Time now);
  // What all replicas together have spent and what gives it back in `backlog`, as of `now`.
  void Learn(const AllowanceKey& key, absl::Duration backlog, absl::Time now);

  // Forgets the allowances that are whole.
  void Forget(absl::Time now);
  size_t size() const;
  uint64_t unlimited() const { return unlimited_; }

 private:
  struct Allowance {
    absl::Time whole_at = absl::InfinitePast();
    // Of it, what no other replica knows.
    absl::Duration unshared;
    // Whether it is on its way to the others.
    bool in_exchange = false;
  };
  struct Shard {
    mutable absl::Mutex mutex;
    absl::flat_hash_map<AllowanceKey, Allowance> allowances ABSL_GUARDED_BY(mutex);
    // Those with something unshared.
    std::vector<AllowanceKey> spent ABSL_GUARDED_BY(mutex);
  };
  static constexpr size_t kShards = 16;

  Shard& ShardOf(const AllowanceKey& key) {
    return shards_[absl::Uint128Low64(key.caller) % kShards];
  }

  const Quotas quotas_;
  const size_t shard_capacity_;
  std::array<Shard, kShards> shards_;
  std::atomic<uint64_t> unlimited_ = 0;
};

}  // namespace dm::gateway
