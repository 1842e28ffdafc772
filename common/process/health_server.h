#pragma once

#include "absl/status/statusor.h"
#include "common/process/grpc_port.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <memory>
#include <string>

namespace dm::process {

// grpc.health.v1 and nothing else, in plain text on a port of its own: for probes that speak no
// TLS, as the kubelet's. "liveness" serves as long as the process runs; "readiness", also by its
// usual name "", when calls may be sent to it. Thread-safe.
class HealthServer {
 public:
  static constexpr char kLiveness[] = "liveness";
  static constexpr char kReadiness[] = "readiness";

  // Listens and is alive, but not ready; UNAVAILABLE when the address cannot be had.
  static absl::StatusOr<std::unique_ptr<HealthServer>> Start(const std::string& address);
  ~HealthServer();

  void SetReady(bool ready);
  int port() const { return port_->number(); }

 private:
  HealthServer() = default;

  // gRPC wants a server to have a service. This one knows no method.
  grpc::CallbackGenericService everything_else_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<GrpcPort> port_;
  std::atomic<bool> ready_ = false;
};

}  // namespace dm::process
