#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/service_binding.h"

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

namespace dm::process {

// The process's gRPC server: its services, health v1 and reflection, on a port that faces the
// suite's own network only. Not thread-safe.
class GrpcServer {
 public:
  // FAILED_PRECONDITION when a method of a binding is not bound.
  absl::Status Add(std::unique_ptr<rpc::ServiceBinding> service);
  void Add(std::unique_ptr<grpc::Service> service, std::vector<std::string> names = {});

  // Listens; UNAVAILABLE when the address is taken. Health says NOT_SERVING until SetServing(true).
  absl::Status Start(const std::string& address);
  // The port that was bound, for an address with port 0.
  int port() const { return port_; }
  void SetServing(bool serving);

  // Tells clients to go elsewhere, lets calls end until `deadline`, then cancels them; waits.
  void Drain(absl::Time deadline);

 private:
  std::vector<std::unique_ptr<grpc::Service>> services_;
  // Full names, for health.
  std::vector<std::string> names_ = {""};
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
  bool serving_ = false;
};

}  // namespace dm::process
