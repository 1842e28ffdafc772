#include "services/gateway/gateway.h"

#include "services/gateway/api/forwarder.h"
#include "services/gateway/http/error_response.h"
#include "services/gateway/http/openapi.h"

#include <utility>

namespace dm::gateway {

namespace {

std::vector<std::shared_ptr<grpc::Channel>> All(const Gateway::Channels& channels) {
  std::vector<std::shared_ptr<grpc::Channel>> all;
  for (const auto& [peer, channel] : channels) all.push_back(channel);
  return all;
}

}  // namespace

Gateway::Gateway(const Channels& channels, const Clock* clock, const std::string& privacy_contact)
    : clock_(clock),
      pages_(channels.at(Peer::kCatalogue), channels.at(Peer::kAmbassador)),
      pages_backend_(&pages_),
      // Each of them keeps something of people.
      rights_(All(channels), privacy_contact, clock),
      rights_backend_(&rights_) {
  for (const auto& [peer, channel] : channels) {
    peers_.emplace(peer, std::make_unique<ChannelBackend>(channel));
  }
}

Gateway::~Gateway() = default;

Backend* Gateway::BackendOf(Peer peer) {
  if (peer == Peer::kGateway) return &pages_backend_;
  if (peer == Peer::kRights) return &rights_backend_;
  return peers_.at(peer).get();
}

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Start(const Channels& channels,
                                                        HttpServer::Options http,
                                                        const Clock* clock,
                                                        const std::string& privacy_contact) {
  auto gateway = std::unique_ptr<Gateway>(new Gateway(channels, clock, privacy_contact));
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
  auto server = HttpServer::Start(
      std::move(http),
      [transcoder = gateway->transcoder_.get()](HttpRequest request, HttpServer::Respond respond) {
        transcoder->Handle(std::move(request), std::move(respond));
      });
  if (!server.ok()) return server.status();
  gateway->http_ = *std::move(server);
  return gateway;
}

std::vector<std::unique_ptr<grpc::Service>> Gateway::Forwarders() {
  std::vector<std::unique_ptr<grpc::Service>> forwarders;
  for (const PublicEntry& entry : PublicTable()) {
    if (entry.peer == Peer::kGateway || entry.peer == Peer::kRights) continue;
    forwarders.push_back(
        std::make_unique<Forwarder>(entry.service, peers_.at(entry.peer).get(), clock_));
  }
  return forwarders;
}

std::unique_ptr<rpc::ServiceBinding> Gateway::BindPages(rpc::Pipeline* pipeline) {
  return pages_.Bind(pipeline);
}

std::unique_ptr<rpc::ServiceBinding> Gateway::BindRights(rpc::Pipeline* pipeline) {
  return rights_.Bind(pipeline);
}

}  // namespace dm::gateway
