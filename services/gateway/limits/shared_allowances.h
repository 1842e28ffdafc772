#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/time/clock.h"
#include "services/gateway/limits/allowances.h"

#include <memory>
#include <thread>
#include <vector>

namespace dm::gateway {

// Where the replicas tell each other what callers have spent. Thread-safe.
class SpendingLedger {
 public:
  struct Balance {
    AllowanceKey key;
    // What all replicas together have spent: the time that gives it back, from now.
    absl::Duration backlog;
  };

  virtual ~SpendingLedger() = default;
  // Adds what was spent and tells what it comes to, for each of `spendings`, which are sorted.
  virtual absl::StatusOr<std::vector<Balance>> Charge(const std::vector<Spending>& spendings,
                                                      absl::Time deadline) = 0;
  // Removes what is whole again.
  virtual absl::Status Forget(absl::Time deadline) = 0;
};

// Exchanges what this replica's callers spent with the other replicas, all of it in one round trip
// every `interval`, none when nobody called. While the ledger is away each replica limits by
// itself; that is logged once, and shown by the gauge gateway_limits_shared.
class SharedAllowances {
 public:
  struct Options {
    absl::Duration interval = absl::Milliseconds(200);
    // After a failure.
    absl::Duration pause = absl::Seconds(2);
    absl::Duration forget_every = absl::Minutes(1);
  };

  // `ledger` may be null: then nothing is shared, only forgotten. All outlive this.
  SharedAllowances(Options options, Allowances* allowances, SpendingLedger* ledger,
                   const Clock* clock);
  // Tells the last spendings on.
  ~SharedAllowances();

  // One exchange now; what the thread does by itself. False when the ledger is away.
  bool Exchange();

 private:
  void Run();
  void Forget();
  void Show(bool shared);

  const Options options_;
  Allowances* const allowances_;
  SpendingLedger* const ledger_;
  const Clock* const clock_;
  bool was_shared_ = true;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace dm::gateway
