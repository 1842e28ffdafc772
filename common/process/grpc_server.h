#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/process/connection_census.h"
#include "common/process/grpc_port.h"
#include "common/rpc/service_binding.h"

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

namespace dm::process {

// The process's gRPC server: its services and health v1, on a port that faces the suite's own
// network only. Not thread-safe.
class GrpcServer {
 public:
  // FAILED_PRECONDITION when a method of a binding is not bound.
  absl::Status Add(std::unique_ptr<rpc::ServiceBinding> service);
  void Add(std::unique_ptr<grpc::Service> service, std::vector<std::string> names = {});

  struct Options {
    std::string address;
    // Null: plain text.
    std::shared_ptr<grpc::ServerCredentials> credentials = nullptr;
    ConnectionCensus::Limits connections = {};
    // As SetReflection.
    bool reflection = false;
  };
  // Listens; UNAVAILABLE when the address is taken. Health says NOT_SERVING until SetServing(true).
  absl::Status Start(const Options& options);
  // The port that was bound, for an address with port 0.
  int port() const { return port_->number(); }
  void SetServing(bool serving);

  // Tells clients to go elsewhere, lets calls end until `deadline`, then cancels them; waits.
  void Drain(absl::Time deadline);

 private:
  std::vector<std::unique_ptr<grpc::Service>> services_;
  // Full names, for health.
  std::vector<std::string> names_ = {""};
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<GrpcPort> port_;
  bool serving_ = false;
};

}  // namespace dm::process
