#pragma once

#include "absl/time/time.h"

#include <grpcpp/grpcpp.h>

namespace dm::gateway::cli {

// Whether what broke a stream may be over when one tries again: a gateway that stops or dies may
// leave any of these behind.
bool CanPass(grpc::StatusCode code);

// How long to wait before that: twice as long after each failure, half a minute at most, and spread
// so that many who lost the same connection do not come back at once. `failures` counts from 0,
// `spread` is drawn from 0 to 1.
absl::Duration RetryDelay(absl::Duration first, int failures, double spread);

}  // namespace dm::gateway::cli
