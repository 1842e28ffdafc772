#include "common/process/service_process.h"
#include "services/gateway/api/partner_event_api.h"
#include "services/gateway/gateway.h"

#include <atomic>
#include <memory>
#include <string>
#include <utility>

namespace {

using dm::config::Option;
using dm::config::Type;
using dm::gateway::Gateway;
using dm::gateway::Peer;

struct PeerOption {
  Peer peer;
  const char* name;
  const char* option;
};

constexpr PeerOption kPeers[] = {
    {Peer::kCatalogue, "catalogue", "catalogue-address"},
    {Peer::kAmbassador, "ambassador", "ambassador-address"},
    {Peer::kBooking, "booking", "booking-address"},
    {Peer::kNotification, "notification", "notification-address"},
};

std::vector<Option> Options() {
  std::vector<Option> options = {{.name = "http-listen",
                                  .type = Type::kAddress,
                                  .help = "Address of the HTTP/JSON face.",
                                  .default_value = "127.0.0.1:8080"},
                                 {.name = "http-connections",
                                  .type = Type::kInteger,
                                  .help = "HTTP connections at once; one more is refused.",
                                  .default_value = "4096",
                                  .min = 1,
                                  .max = 100'000},
                                 {.name = "events-heartbeat",
                                  .type = Type::kDuration,
                                  .help = "Silence after which a partner's stream of events gets a "
                                          "sign of life.",
                                  .default_value = "15s"},
                                 {.name = "events-patience",
                                  .type = Type::kDuration,
                                  .help = "How long the reader of such a stream may take nothing.",
                                  .default_value = "30s"}};
  for (const PeerOption& peer : kPeers) {
    options.push_back({.name = peer.option,
                       .type = Type::kAddress,
                       .help = std::string("Address of the service ") + peer.name + "."});
  }
  return options;
}

// Ready once every peer has been reached. Not longer: when one of them goes, the others still
// answer, and what needs it gets UNAVAILABLE.
void AwaitPeer(dm::process::ServiceContext& context, const char* name,
               std::shared_ptr<grpc::Channel> channel) {
  auto reached = std::make_shared<std::atomic<bool>>(false);
  context.ReadyWhen(std::string(name) + " reached", [reached, channel = std::move(channel)] {
    if (!*reached && channel->GetState(/*try_to_connect=*/true) == GRPC_CHANNEL_READY) {
      *reached = true;
    }
    return reached->load();
  });
}

// The feeds that partners follow, in the order of their positions: one more goes to the end.
std::shared_ptr<dm::gateway::PartnerEventApi> FollowFeeds(dm::process::ServiceContext& context,
                                                          const Gateway::Channels& channels) {
  return std::make_shared<dm::gateway::PartnerEventApi>(
      dm::gateway::PartnerEventApi::Options{
          .sources = {{"catalogue", channels.at(Peer::kCatalogue)},
                      {"ambassador", channels.at(Peer::kAmbassador)},
                      {"booking", channels.at(Peer::kBooking)}},
          .heartbeat = context.config().Duration("events-heartbeat"),
          .patience = context.config().Duration("events-patience")},
      context.pipeline(), &context.page_tokens());
}

absl::Status SetUp(dm::process::ServiceContext& context) {
  Gateway::Channels channels;
  for (const PeerOption& peer : kPeers) {
    channels[peer.peer] = context.ConnectTo(context.config().Text(peer.option));
    AwaitPeer(context, peer.name, channels[peer.peer]);
  }
  const auto events = FollowFeeds(context, channels);
  context.Keep(events);
  auto gateway = Gateway::Start(
      channels,
      {.listen = context.config().Text("http-listen"),
       .max_connections = static_cast<int>(context.config().Integer("http-connections"))},
      &context.clock(), {{"destinationmetier.gateway.v1.PartnerEventService", events->local()}});
  if (!gateway.ok()) return gateway.status();
  for (auto& forwarder : (*gateway)->Forwarders()) context.ServeForeign(std::move(forwarder));
  context.Serve((*gateway)->BindPages(context.pipeline()));
  context.Serve(events->Bind());
  context.Keep(std::shared_ptr<Gateway>(*std::move(gateway)));
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  return dm::process::RunService(
      argc, argv, {.name = "gateway", .options = Options(), .migrations = {}}, SetUp);
}
