#include "services/gateway/gateway.h"

#include "destinationmetier/event/v1/event_feed_service.pb.h"
#include "destinationmetier/event/v1/resource_events.pb.h"
#include "services/gateway/api/forwarder.h"
#include "services/gateway/http/error_response.h"
#include "services/gateway/http/openapi.h"

#include <utility>

namespace dm::gateway {

Gateway::Gateway(const Channels& channels, rpc::Pipeline* pipeline, const Clock* clock,
                 size_t most_read_bytes)
    : clock_(clock), reads_(clock, most_read_bytes), pages_(channels, pipeline, clock) {
  for (const auto& [peer, channel] : channels) {
    const auto backend = peers_.emplace(peer, std::make_unique<ChannelBackend>(channel)).first;
    backends_.emplace(peer, std::make_unique<RememberedBackend>(backend->second.get(), &reads_));
  }
  backends_.emplace(Peer::kGateway, std::make_unique<RememberedBackend>(&pages_, &reads_));
  // Booking's seats are told by the two, once they know them.
  for (const Peer peer : {Peer::kCatalogue, Peer::kAmbassador}) Follow(channels.at(peer));
}

Gateway::~Gateway() = default;

void Gateway::Follow(const std::shared_ptr<grpc::Channel>& peer) {
  using destinationmetier::event::v1::ResourceChanged;
  const auto drop = [this](absl::Span<const destinationmetier::event::v1::Event> events) {
    for (const auto& event : events) {
      ResourceChanged changed;
      if (event.data().UnpackTo(&changed)) reads_.Drop(changed.name());
    }
  };
  // What is missed while a feed is away grows old by itself.
  watchers_.push_back(events::FeedWatcher::Start(
      peer, {std::string(ResourceChanged::descriptor()->full_name())}, drop, [] {}));
}

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Start(const Channels& channels,
                                                        HttpServer::Options http,
                                                        rpc::Pipeline* pipeline, const Clock* clock,
                                                        size_t most_read_bytes) {
  auto gateway = std::unique_ptr<Gateway>(new Gateway(channels, pipeline, clock, most_read_bytes));
  std::vector<PublicService> services;
  for (const PublicEntry& entry : PublicTable()) {
    services.push_back({entry.service, gateway->backends_.at(entry.peer).get()});
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
    if (entry.peer == Peer::kGateway) continue;
    forwarders.push_back(
        std::make_unique<Forwarder>(entry.service, peers_.at(entry.peer).get(), &reads_, clock_));
  }
  return forwarders;
}

}  // namespace dm::gateway
