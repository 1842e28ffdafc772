#include "common/process/service_process.h"
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
  std::vector<Option> options = {
      {.name = "http-listen",
       .type = Type::kAddress,
       .help = "Address of the HTTP/JSON face.",
       .default_value = "127.0.0.1:8080"},
      {.name = "http-connections",
       .type = Type::kInteger,
       .help = "HTTP connections at once; one more is refused.",
       .default_value = "4096",
       .min = 1,
       .max = 100'000},
      {.name = "privacy-contact",
       .help = "Whom people may ask about their data, as they read it.",
       .default_value = "donnees-personnelles@destinationmetier.example"}};
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

absl::Status SetUp(dm::process::ServiceContext& context) {
  Gateway::Channels channels;
  for (const PeerOption& peer : kPeers) {
    channels[peer.peer] = context.ConnectTo(context.config().Text(peer.option));
    AwaitPeer(context, peer.name, channels[peer.peer]);
  }
  auto gateway = Gateway::Start(
      channels,
      {.listen = context.config().Text("http-listen"),
       .max_connections = static_cast<int>(context.config().Integer("http-connections"))},
      &context.clock(), context.config().Text("privacy-contact"));
  if (!gateway.ok()) return gateway.status();
  for (auto& forwarder : (*gateway)->Forwarders()) context.ServeForeign(std::move(forwarder));
  context.Serve((*gateway)->BindPages(context.pipeline()));
  context.Serve((*gateway)->BindRights(context.pipeline()));
  context.Keep(std::shared_ptr<Gateway>(*std::move(gateway)));
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  return dm::process::RunService(
      argc, argv, {.name = "gateway", .options = Options(), .migrations = {}}, SetUp);
}
