#include "services/gateway/cli/retry.h"

#include <algorithm>

namespace dm::gateway::cli {

bool CanPass(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::CANCELLED:
    case grpc::StatusCode::UNKNOWN:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
    case grpc::StatusCode::ABORTED:
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::UNAVAILABLE:
      return true;
    default:
      return false;
  }
}

absl::Duration RetryDelay(absl::Duration first, int failures, double spread) {
  const absl::Duration full = std::min(first * (1 << std::min(failures, 10)), absl::Seconds(30));
  return full * (0.5 + spread / 2);
}

}  // namespace dm::gateway::cli
