#pragma once

#include "absl/status/statusor.h"
#include "common/process/connection_acceptor.h"

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <utility>

namespace dm::process {

// A port of a gRPC server whose connections ConnectionAcceptor accepts. Outlives the server, or
// goes once that is shut down.
class GrpcPort {
 public:
  // Binds; as ConnectionAcceptor::Open.
  static absl::StatusOr<std::unique_ptr<GrpcPort>> Open(const std::string& address,
                                                        const ConnectionAcceptor::Options& options);

  // What it accepts goes to the server that `builder` makes. `credentials`: null for plain text.
  void AddTo(grpc::ServerBuilder& builder,
             const std::shared_ptr<grpc::ServerCredentials>& credentials);

  // From when that server is started until before it is shut down.
  void Start();
  void Stop() { acceptor_->Stop(); }

  // For an address with port 0.
  int number() const { return acceptor_->port(); }

 private:
  explicit GrpcPort(std::unique_ptr<ConnectionAcceptor> acceptor)
      : acceptor_(std::move(acceptor)) {}

  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> entrance_;
  // Calls the entrance until it has gone.
  std::unique_ptr<ConnectionAcceptor> acceptor_;
};

}  // namespace dm::process
