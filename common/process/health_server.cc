#include "common/process/health_server.h"

#include "absl/time/clock.h"
#include "common/process/reflection.h"

#include <grpcpp/health_check_service_interface.h>

namespace dm::process {
namespace {

// A probe asks for little, seldom and from nearby.
constexpr int kLargestMessage = 4 << 10;
constexpr int kMostStreams = 16;
constexpr ConnectionCensus::Limits kConnections = {.total = 32, .of_one_host = 16};
// Who connects and says nothing, or has nothing to ask any more, makes room.
constexpr int kHandshakeMilliseconds = 5'000;
constexpr int kIdleMilliseconds = 60'000;

}  // namespace

absl::StatusOr<std::unique_ptr<HealthServer>> HealthServer::Start(const std::string& address) {
  auto port = GrpcPort::Open(address, {.limits = kConnections, .for_probes = true});
  if (!port.ok()) return port.status();
  std::unique_ptr<HealthServer> health(new HealthServer());
  health->port_ = *std::move(port);
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  SetReflection(builder, false);
  health->port_->AddTo(builder, /*credentials=*/nullptr);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMostStreams);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeMilliseconds);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, kIdleMilliseconds);
  builder.SetMaxReceiveMessageSize(kLargestMessage);
  builder.RegisterCallbackGenericService(&health->everything_else_);
  health->server_ = builder.BuildAndStart();
  if (health->server_ == nullptr) return absl::InternalError("gRPC does not start");
  grpc::HealthCheckServiceInterface& service = *health->server_->GetHealthCheckService();
  service.SetServingStatus(kLiveness, true);
  // gRPC starts with "" serving.
  service.SetServingStatus("", false);
  service.SetServingStatus(kReadiness, false);
  health->port_->Start();
  return health;
}

HealthServer::~HealthServer() {
  if (server_ == nullptr) return;
  port_->Stop();
  // Who watches is cut off.
  server_->Shutdown(absl::ToChronoTime(absl::Now()));
  server_->Wait();
}

void HealthServer::SetReady(bool ready) {
  if (ready == ready_.exchange(ready)) return;
  grpc::HealthCheckServiceInterface& service = *server_->GetHealthCheckService();
  service.SetServingStatus("", ready);
  service.SetServingStatus(kReadiness, ready);
}

}  // namespace dm::process
