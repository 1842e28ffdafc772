#include "common/process/grpc_server.h"

#include "common/process/reflection.h"

#include <grpcpp/health_check_service_interface.h>

#include <utility>

namespace dm::process {
namespace {

constexpr int kLargestMessage = 4 << 20;
constexpr int kMostStreamsAConnection = 1000;
// Who connects and says nothing sensible for so long is cut off.
constexpr int kHandshakeMilliseconds = 10'000;
// With TLS, peers show their certificates again after so long at the latest: once an authority is
// no longer believed, none of its certificates stays connected. Streams under way may end.
constexpr int kConnectionAgeMilliseconds = 60 * 60'000;
constexpr int kStreamsGoOnMilliseconds = 30 * 60'000;

void SetArguments(grpc::ServerBuilder& builder, bool plain) {
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMostStreamsAConnection);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeMilliseconds);
  // Peers ping every 20 s, also without calls, to notice a connection that died silently.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 60'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  if (!plain) {
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, kConnectionAgeMilliseconds);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, kStreamsGoOnMilliseconds);
  }
  builder.SetMaxReceiveMessageSize(kLargestMessage);
}

}  // namespace

absl::Status GrpcServer::Add(std::unique_ptr<rpc::ServiceBinding> service) {
  absl::Status complete = service->CheckComplete();
  if (!complete.ok()) return complete;
  names_.push_back(service->descriptor()->full_name());
  services_.push_back(std::move(service));
  return absl::OkStatus();
}

void GrpcServer::Add(std::unique_ptr<grpc::Service> service, std::vector<std::string> names) {
  names_.insert(names_.end(), names.begin(), names.end());
  services_.push_back(std::move(service));
}

absl::Status GrpcServer::Start(const Options& options) {
  auto port = GrpcPort::Open(options.address, {.limits = options.connections});
  if (!port.ok()) return port.status();
  port_ = *std::move(port);
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  SetReflection(builder, options.reflection);
  port_->AddTo(builder, options.credentials);
  SetArguments(builder, /*plain=*/options.credentials == nullptr);
  for (const auto& service : services_) builder.RegisterService(service.get());
  server_ = builder.BuildAndStart();
  if (server_ == nullptr) return absl::InternalError("gRPC does not start");
  // gRPC starts with "" serving.
  serving_ = true;
  SetServing(false);
  port_->Start();
  return absl::OkStatus();
}

void GrpcServer::SetServing(bool serving) {
  if (serving == std::exchange(serving_, serving)) return;
  for (const std::string& name : names_) {
    server_->GetHealthCheckService()->SetServingStatus(name, serving);
  }
}

void GrpcServer::Drain(absl::Time deadline) {
  if (server_ == nullptr) return;
  port_->Stop();
  server_->GetHealthCheckService()->Shutdown();
  server_->Shutdown(absl::ToChronoTime(deadline));
  server_->Wait();
}

}  // namespace dm::process
