#include "common/database/migrations.h"
#include "common/process/service_process.h"
#include "services/gateway/api/partner_event_api.h"
#include "services/gateway/door.h"
#include "services/gateway/gateway.h"

#include <atomic>
#include <memory>
#include <string>
#include <utility>

namespace dm::database {
extern const MigrationSet kDatabaseMigrations;
extern const MigrationSet kGatewayMigrations;
}  // namespace dm::database

namespace {

using dm::config::Option;
using dm::config::Type;
using dm::gateway::Gateway;
using dm::gateway::Peer;
using dm::gateway::Portal;

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

std::vector<Option> PortalOptions() {
  return {
      {.name = "portal-folder",
       .help = "Folder of the portal's files. Empty: no pages.",
       .default_value = ""},
      {.name = "public-url",
       .help = "Where people reach the portal; they come back to it from the issuer.",
       .default_value = "http://127.0.0.1:8080"},
      {.name = "oidc-discovery-url",
       .help = "Discovery document of the issuer that people sign in at, whose name is "
               "--token-issuer. Empty: nobody signs in.",
       .default_value = ""},
      {.name = "oidc-client-id",
       .help = "What the issuer calls the portal.",
       .default_value = "destinationmetier-portal"},
      {.name = "oidc-client-secret-file",
       .help = "Secret of the portal at the issuer. Empty: it is a public client.",
       .default_value = ""},
      {.name = "session-key-file",
       .help = "Keys that sessions are sealed with, the same for all replicas: 64 hexadecimal "
               "digits a line, the newest first. Needed to sign in.",
       .default_value = ""},
      {.name = "session-lifetime",
       .type = Type::kDuration,
       .help = "How long somebody stays signed in.",
       .default_value = "8h"},
      {.name = "map-tiles",
       .help = "Address of the map's tiles, for instance https://host/{z}/{x}/{y}.png. Empty: a "
               "plain background.",
       .default_value = ""},
      {.name = "map-attribution",
       .help = "Whose the tiles are, to be shown beside the map.",
       .default_value = ""},
  };
}

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
      {.name = "answer-cache-bytes",
       .type = Type::kInteger,
       .help = "Memory for answers to public reads, which are kept until "
               "they are a second old; 0 keeps none.",
       .default_value = std::to_string(Gateway::kMostReadBytes),
       .min = 0,
       .max = int64_t{1} << 40},
      {.name = "events-heartbeat",
       .type = Type::kDuration,
       .help = "Silence after which a partner's stream of events gets a sign of life.",
       .default_value = "15s"},
      {.name = "events-patience",
       .type = Type::kDuration,
       .help = "How long the reader of such a stream may take nothing.",
       .default_value = "30s"},
      {.name = "privacy-contact",
       .help = "Whom people may ask about their data, as they read it.",
       .default_value = "donnees-personnelles@destinationmetier.example"}};
  for (Option& option : dm::gateway::DoorOptions()) options.push_back(std::move(option));
  for (Option& option : PortalOptions()) options.push_back(std::move(option));
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

// The secret in an optional file.
absl::StatusOr<std::string> SecretIn(const std::string& file) {
  return file.empty() ? std::string() : dm::config::ReadSecret(file);
}

// Null without a folder.
absl::StatusOr<std::unique_ptr<Portal>> OpenPortal(dm::process::ServiceContext& context) {
  const dm::config::Values& config = context.config();
  if (config.Text("portal-folder").empty()) return std::unique_ptr<Portal>();
  auto secret = SecretIn(config.Text("oidc-client-secret-file"));
  if (!secret.ok()) return secret.status();
  auto keys = SecretIn(config.Text("session-key-file"));
  if (!keys.ok()) return keys.status();
  return Portal::Open({.public_url = config.Text("public-url"),
                       .folder = config.Text("portal-folder"),
                       .map_tiles = config.Text("map-tiles"),
                       .map_attribution = config.Text("map-attribution"),
                       .discovery_url = config.Text("oidc-discovery-url"),
                       .issuer = config.Text("token-issuer"),
                       .client_id = config.Text("oidc-client-id"),
                       .client_secret = *std::move(secret),
                       .session_keys = *std::move(keys),
                       .session_lifetime = config.Duration("session-lifetime")},
                      &context.clock());
}

absl::Status SetUp(dm::process::ServiceContext& context) {
  const auto admission = dm::gateway::MakeAdmission(context);
  if (!admission.ok()) return admission.status();
  auto web = dm::gateway::MakeWebPolicy(context.config());
  if (!web.ok()) return web.status();
  Gateway::Channels channels;
  for (const PeerOption& peer : kPeers) {
    channels[peer.peer] = context.ConnectTo(context.config().Text(peer.option));
    AwaitPeer(context, peer.name, channels[peer.peer]);
  }
  const auto events = FollowFeeds(context, channels);
  context.Keep(events);
  auto portal = OpenPortal(context);
  if (!portal.ok()) return portal.status();
  auto gateway = Gateway::Start(
      channels,
      {.listen = context.config().Text("http-listen"),
       .max_connections = static_cast<int>(context.config().Integer("http-connections"))},
      {.admission = admission->get(),
       .pipeline = context.pipeline(),
       .portal = *std::move(portal),
       .web = *std::move(web),
       .locals = {{"destinationmetier.gateway.v1.PartnerEventService", events->local()}},
       .privacy_contact = context.config().Text("privacy-contact"),
       .most_read_bytes = static_cast<size_t>(context.config().Integer("answer-cache-bytes"))},
      &context.clock());
  if (!gateway.ok()) return gateway.status();
  for (auto& forwarder : (*gateway)->Forwarders()) context.ServeForeign(std::move(forwarder));
  context.Serve((*gateway)->BindPages());
  context.Serve((*gateway)->BindRights());
  context.Serve(events->Bind());
  context.Keep(std::shared_ptr<Gateway>(*std::move(gateway)));
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  return dm::process::RunService(argc, argv,
                                 {.name = "gateway",
                                  .options = Options(),
                                  .migrations = {{"database", &dm::database::kDatabaseMigrations},
                                                 {"gateway", &dm::database::kGatewayMigrations}},
                                  .database_optional = true},
                                 SetUp);
}
