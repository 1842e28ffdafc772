#pragma once

#include "absl/time/time.h"

#include <optional>

namespace dm::notification {

// How long to wait after an attempt that failed for a while, given the attempts so far (from 1):
// half a minute, then four times as long each time, at most an hour. Absent when it is time to give
// up, after about two days.
std::optional<absl::Duration> RetryDelay(int attempts);

// How long to leave a mail server alone that could not be reached so many times in a row (from 1):
// a second, doubling to a minute.
absl::Duration PauseAfterUnreachable(int times);

}  // namespace dm::notification
