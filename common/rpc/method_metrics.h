#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/telemetry/metrics.h"

#include <array>
#include <string>

namespace dm::rpc {

// The time series of one method, looked up once when it is bound: grpc_server_handled_total by code
// (all of them from 0 on, so that a rate is right from the first error) and
// grpc_server_handling_seconds. Thread-safe.
class MethodMetrics {
 public:
  // `path` is "/package.Service/Method".
  explicit MethodMetrics(const std::string& path);
  void Count(absl::StatusCode code, absl::Duration took) const;

 private:
  std::array<prometheus::Counter*, 17> handled_;
  prometheus::Histogram* handling_;
};

}  // namespace dm::rpc
