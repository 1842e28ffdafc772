#include "common/rpc/method_metrics.h"

namespace dm::rpc {

MethodMetrics::MethodMetrics(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string service = path.substr(1, slash - 1);
  const std::string method = path.substr(slash + 1);
  for (size_t code = 0; code < handled_.size(); ++code) {
    handled_[code] = &telemetry::CounterOf(
        "grpc_server_handled_total", "Calls that were answered, by code",
        {{"grpc_service", service},
         {"grpc_method", method},
         {"grpc_code", absl::StatusCodeToString(static_cast<absl::StatusCode>(code))}});
  }
  handling_ = &telemetry::LatencyOf("grpc_server_handling_seconds", "Time to the answer",
                                    {{"grpc_service", service}, {"grpc_method", method}});
}

void MethodMetrics::Count(absl::StatusCode code, absl::Duration took) const {
  const auto index = static_cast<size_t>(code);
  handled_[index < handled_.size() ? index : 2]->Increment();
  handling_->Observe(absl::ToDoubleSeconds(took));
}

}  // namespace dm::rpc
