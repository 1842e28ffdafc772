#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/civil_time.h"
#include "common/auth/caller.h"
#include "common/time/clock.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

// How much partners use the interface.
namespace dm::gateway {

// How a call ended.
enum class CallOutcome : uint8_t { kOk, kLimited, kClientError, kServerError };
inline constexpr size_t kCallOutcomes = 4;

// RESOURCE_EXHAUSTED is a limit's, of how often or of how much; the others are whose HTTP says they
// are.
CallOutcome OutcomeOf(absl::StatusCode code);

// What one partner asked of one method on one day.
struct UsageCount {
  // The subject of its tokens.
  std::string partner;
  // In Europe/Paris.
  absl::CivilDay day;
  // "package.Service/Method".
  std::string method;
  // By CallOutcome.
  std::array<int64_t, kCallOutcomes> calls = {};
  int64_t events = 0;

  friend bool operator==(const UsageCount&, const UsageCount&) = default;
};

struct CountedUsage {
  // In the order of partner, day and method, each once.
  std::vector<UsageCount> counts;
  // The départements that the tokens of each partner in them named.
  std::map<std::string, std::set<std::string>> departments;
};

// Counts the calls of partners in memory until somebody takes the numbers away. Bounded: methods
// are those of the method table, partners have tokens that were verified, and what comes when as
// many counts as `capacity` wait is not counted, which gateway_usage_uncounted_total shows.
// Thread-safe, and cheap enough for a gRPC thread.
class PartnerUsage {
 public:
  static constexpr size_t kMostCounts = 20'000;

  // `clock` outlives this.
  explicit PartnerUsage(const Clock* clock, size_t capacity = kMostCounts)
      : clock_(clock), capacity_(capacity) {}

  // Whether a caller is a partner's system. Who has another role as well may be a person, and
  // people are not counted one by one.
  static bool Counts(const auth::Caller& caller);

  // The end of a call, and events that were handed over in one: nothing for who does not count.
  // `method` is "/package.Service/Method".
  void CountCall(const auth::Caller& caller, const std::string& method, absl::StatusCode code);
  void CountEvents(const auth::Caller& caller, const std::string& method, int64_t events);

  // What was counted since the last time.
  CountedUsage Take();

 private:
  using Key = std::tuple<std::string, absl::CivilDay, std::string>;

  // Null where there is no room.
  UsageCount* CountOf(const auth::Caller& caller, const std::string& method)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Clock* const clock_;
  const size_t capacity_;
  absl::Mutex mutex_;
  std::map<Key, UsageCount> counts_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::set<std::string>> departments_ ABSL_GUARDED_BY(mutex_);
};

// A call under way, to be counted at its end; nobody's unless a partner's.
class UsedCall {
 public:
  UsedCall() = default;
  // `usage` may be null, and outlives this.
  UsedCall(PartnerUsage* usage, const std::string& method, const auth::Caller& caller);

  // Once.
  void End(absl::StatusCode code) const;

 private:
  struct Call {
    std::string method;
    auth::Caller caller;
  };
  PartnerUsage* usage_ = nullptr;
  // Null for nobody's.
  std::shared_ptr<const Call> call_;
};

}  // namespace dm::gateway
