#include "services/notification/domain/retry.h"

#include <algorithm>

namespace dm::notification {
namespace {

constexpr int kLastAttempt = 50;
constexpr absl::Duration kFirstDelay = absl::Seconds(30);
constexpr absl::Duration kLongestDelay = absl::Hours(1);
constexpr absl::Duration kFirstPause = absl::Seconds(1);
constexpr absl::Duration kLongestPause = absl::Minutes(1);

absl::Duration Growing(absl::Duration first, int factor, absl::Duration longest, int steps) {
  absl::Duration delay = first;
  for (int i = 1; i < steps && delay < longest; ++i) delay *= factor;
  return std::min(delay, longest);
}

}  // namespace

std::optional<absl::Duration> RetryDelay(int attempts) {
  if (attempts >= kLastAttempt) return std::nullopt;
  return Growing(kFirstDelay, 4, kLongestDelay, attempts);
}

absl::Duration PauseAfterUnreachable(int times) {
  return Growing(kFirstPause, 2, kLongestPause, times);
}

}  // namespace dm::notification
