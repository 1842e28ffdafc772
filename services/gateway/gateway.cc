#include "services/gateway/gateway.h"

#include "services/gateway/api/forwarder.h"
#include "services/gateway/http/error_response.h"
#include "services/gateway/http/openapi.h"

#include <utility>

namespace dm::gateway {

Gateway::Gateway(const Channels& channels, const Admission* admission, const Clock* clock)
    : admission_(admission),
      clock_(clock),
      pages_(channels.at(Peer::kCatalogue), channels.at(Peer::kAmbassador)),
      pages_backend_(&pages_) {
  for (const auto& [peer, channel] : channels) {
    peers_.emplace(peer, std::make_unique<ChannelBackend>(channel));
    guarded_.emplace(peer, std::make_unique<GuardedBackend>(peers_.at(peer).get(), admission));
  }
  guarded_.emplace(Peer::kGateway, std::make_unique<GuardedBackend>(&pages_backend_, admission));
}

Gateway::~Gateway() = default;

Backend* Gateway::BackendOf(Peer peer) { return guarded_.at(peer).get(); }

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Start(const Channels& channels,
                                                        HttpServer::Options http,
                                                        const Admission* admission,
                                                        const Clock* clock, WebPolicy web) {
  auto gateway = std::unique_ptr<Gateway>(new Gateway(channels, admission, clock));
  std::vector<PublicService> services;
  for (const PublicEntry& entry : PublicTable()) {
    services.push_back({entry.service, gateway->BackendOf(entry.peer)});
  }
  auto routes = RoutingTable::Compile(services);
  if (!routes.ok()) return routes.status();
  std::string openapi = OpenapiDocument(*routes);
  gateway->transcoder_ =
      std::make_unique<Transcoder>(*std::move(routes), std::move(openapi), clock);
  http.refusal = RefusalResponse;
  HttpServer::Handler handler = [transcoder = gateway->transcoder_.get()](
                                    HttpRequest request, HttpServer::Respond respond) {
    transcoder->Handle(std::move(request), std::move(respond));
  };
  auto server =
      HttpServer::Start(std::move(http), BehindWebPolicy(std::move(web), std::move(handler)));
  if (!server.ok()) return server.status();
  gateway->http_ = *std::move(server);
  return gateway;
}

std::vector<std::unique_ptr<grpc::Service>> Gateway::Forwarders() {
  std::vector<std::unique_ptr<grpc::Service>> forwarders;
  for (const PublicEntry& entry : PublicTable()) {
    if (entry.peer == Peer::kGateway) continue;
    forwarders.push_back(std::make_unique<Forwarder>(entry.service, peers_.at(entry.peer).get(),
                                                     admission_, clock_));
  }
  return forwarders;
}

std::unique_ptr<rpc::ServiceBinding> Gateway::BindPages(rpc::Pipeline* pipeline) {
  pipeline->SetGate([this](const grpc::CallbackServerContext& context, const rpc::Call& call) {
    const rpc::MethodPolicy* const method = rpc::FindMethod(call.method);
    if (method == nullptr) return absl::InternalError("a method that is not in the table");
    return admission_->Count(*method, call.caller, OriginOf(context)).status;
  });
  return pages_.Bind(pipeline);
}

}  // namespace dm::gateway
