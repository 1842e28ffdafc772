#pragma once

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/execution/recurring_task.h"
#include "common/time/clock.h"
#include "services/gateway/usage/partner_usage.h"

#include <cstdint>
#include <optional>
#include <string>

namespace dm::gateway {

// Counts on their way to the ledger.
struct UsageBatch {
  // UUID of who counted.
  std::string writer;
  // The first of a writer is 1.
  int64_t number = 0;
  // When it is written, in Europe/Paris.
  absl::CivilDay day;
  CountedUsage counted;
};

// Where the replicas add up what they counted. Thread-safe.
class UsageLedger {
 public:
  virtual ~UsageLedger() = default;
  // Adds a batch. One that was added before changes nothing, so whoever had no answer sends it
  // again, before the writer's next.
  virtual absl::Status Add(const UsageBatch& batch, absl::Time deadline) = 0;
  // Removes what is of days before that one.
  virtual absl::Status Forget(absl::CivilDay first_kept, absl::Time deadline) = 0;
};

// Writes down what was counted, all of it in one transaction every `interval`, and the rest when it
// goes. A batch that fails is kept and sent again as it was; what is counted meanwhile comes after
// it. The ledger knows a batch that it has, so one whose COMMIT had no answer is neither lost nor
// counted twice. What a crash loses is what was counted since the last batch that arrived: the
// last `interval`, and all the time before in which the ledger was away.
class UsageRecorder {
 public:
  // Whole months that are kept beside the present one.
  static constexpr int kMonthsKept = 13;

  struct Options {
    absl::Duration interval = absl::Seconds(5);
    absl::Duration forget_every = absl::Hours(1);
  };

  // All outlive this.
  UsageRecorder(Options options, PartnerUsage* usage, UsageLedger* ledger, const Clock* clock);
  ~UsageRecorder();

  // Nothing is written by itself before. Once.
  void Start();

  // One round now, what the task does by itself; not while it runs. False when the ledger is away.
  bool Flush();
  absl::Status Forget();

 private:
  absl::Duration Work();
  // Sends the batch at hand, if any.
  bool Send();

  const Options options_;
  PartnerUsage* const usage_;
  UsageLedger* const ledger_;
  const Clock* const clock_;
  // Without counts: the last one arrived.
  UsageBatch batch_;
  bool was_written_ = true;
  absl::Time next_forgetting_ = absl::InfinitePast();
  std::optional<RecurringTask> task_;
};

}  // namespace dm::gateway
