#include "common/process/grpc_port.h"

namespace dm::process {

absl::StatusOr<std::unique_ptr<GrpcPort>> GrpcPort::Open(
    const std::string& address, const ConnectionAcceptor::Options& options) {
  auto acceptor = ConnectionAcceptor::Open(address, options);
  if (!acceptor.ok()) return acceptor.status();
  return std::unique_ptr<GrpcPort>(new GrpcPort(*std::move(acceptor)));
}

void GrpcPort::AddTo(grpc::ServerBuilder& builder,
                     const std::shared_ptr<grpc::ServerCredentials>& credentials) {
  entrance_ = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
      credentials == nullptr ? grpc::InsecureServerCredentials() : credentials);
}

void GrpcPort::Start() {
  acceptor_->Start([this](int listener, int connection) {
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters parameters;
    parameters.listener_fd = listener;
    parameters.fd = connection;
    entrance_->HandleNewConnection(&parameters);
  });
}

}  // namespace dm::process
