#include "common/process/grpc_server.h"

#include "absl/strings/str_cat.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>

#include <utility>

namespace dm::process {
namespace {

constexpr int kLargestMessage = 4 << 20;
constexpr int kMostStreamsAConnection = 1000;

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

absl::Status GrpcServer::Start(const std::string& address) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port_);
  // Two processes on one port would each get a part of the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMostStreamsAConnection);
  // Peers ping every 20 s, also without calls, to notice a connection that died silently.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 60'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.SetMaxReceiveMessageSize(kLargestMessage);
  for (const auto& service : services_) builder.RegisterService(service.get());
  server_ = builder.BuildAndStart();
  if (server_ == nullptr || port_ == 0) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", address));
  }
  // gRPC starts with "" serving.
  serving_ = true;
  SetServing(false);
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
  server_->GetHealthCheckService()->Shutdown();
  server_->Shutdown(absl::ToChronoTime(deadline));
  server_->Wait();
}

}  // namespace dm::process
