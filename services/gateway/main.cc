#include "common/database/migrations.h"
#include "common/process/service_process.h"
#include "services/gateway/api/partner_event_api.h"
#include "services/gateway/api/partner_usage_api.h"
#include "services/gateway/door.h"
#include "services/gateway/gateway.h"
#include "services/gateway/usage/usage_recorder.h"

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
      {.name = "session-idle-time",
       .type = Type::kDuration,
       .help = "How long who does nothing stays signed in once their access token has ended; who "
               "showed the issuer longer ago who they are is asked by it again.",
       .default_value = "30m"},
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

// How much partners use the interface, counted by all replicas in their database. Without one
// nothing is counted.
struct UsageBooks {
  // Null without a database.
  std::shared_ptr<dm::gateway::PartnerUsage> usage;
  std::shared_ptr<dm::gateway::PartnerUsageApi> api;
};

UsageBooks OpenUsage(dm::process::ServiceContext& context) {
  UsageBooks books;
  std::shared_ptr<dm::gateway::PartnerUsageStore> store;
  if (context.database() != nullptr) {
    store = std::make_shared<dm::gateway::PartnerUsageStore>(context.database());
    books.usage = std::make_shared<dm::gateway::PartnerUsage>(&context.clock());
    const auto recorder = std::make_shared<dm::gateway::UsageRecorder>(
        dm::gateway::UsageRecorder::Options(), books.usage.get(), store.get(), &context.clock());
    context.Keep(store);
    context.Keep(books.usage);
    context.Keep(recorder);
    recorder->Start();
  }
  books.api = std::make_shared<dm::gateway::PartnerUsageApi>(
      store.get(), context.pipeline(), &context.page_tokens(), &context.clock());
  context.Keep(books.api);
  return books;
}

// The feeds that partners follow, in the order of their positions: one more goes to the end.
std::shared_ptr<dm::gateway::PartnerEventApi> FollowFeeds(dm::process::ServiceContext& context,
                                                          const Gateway::Channels& channels,
                                                          dm::gateway::PartnerUsage* usage) {
  return std::make_shared<dm::gateway::PartnerEventApi>(
      dm::gateway::PartnerEventApi::Options{
          .sources = {{"catalogue", channels.at(Peer::kCatalogue)},
                      {"ambassador", channels.at(Peer::kAmbassador)},
                      {"booking", channels.at(Peer::kBooking)}},
          .heartbeat = context.config().Duration("events-heartbeat"),
          .patience = context.config().Duration("events-patience"),
          .usage = usage},
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
                       .staff_acr = config.Text("staff-acr"),
                       .client_id = config.Text("oidc-client-id"),
                       .client_secret = *std::move(secret),
                       .session_keys = *std::move(keys),
                       .session_lifetime = config.Duration("session-lifetime"),
                       .session_idle_time = config.Duration("session-idle-time")},
                      &context.clock());
}

absl::Status SetUp(dm::process::ServiceContext& context) {
  const UsageBooks books = OpenUsage(context);
  const auto admission = dm::gateway::MakeAdmission(context, books.usage.get());
  if (!admission.ok()) return admission.status();
  auto web = dm::gateway::MakeWebPolicy(context.config());
  if (!web.ok()) return web.status();
  Gateway::Channels channels;
  for (const PeerOption& peer : kPeers) {
    channels[peer.peer] = context.ConnectTo(peer.name, context.config().Text(peer.option));
    AwaitPeer(context, peer.name, channels[peer.peer]);
  }
  const auto events = FollowFeeds(context, channels, books.usage.get());
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
       .locals = {{"destinationmetier.gateway.v1.PartnerEventService", events->local()},
                  {"destinationmetier.gateway.v1.PartnerUsageService", books.api->local()}},
       .privacy_contact = context.config().Text("privacy-contact"),
       .most_read_bytes = static_cast<size_t>(context.config().Integer("answer-cache-bytes"))},
      &context.clock());
  if (!gateway.ok()) return gateway.status();
  for (auto& forwarder : (*gateway)->Forwarders()) context.ServeForeign(std::move(forwarder));
  context.Serve((*gateway)->BindPages());
  context.Serve((*gateway)->BindRights());
  context.Serve(events->Bind());
  context.Serve(books.api->Bind());
  const std::shared_ptr<Gateway> kept = *std::move(gateway);
  context.DrainWith([http = &kept->http()](absl::Duration patience) { http->Drain(patience); });
  context.Keep(kept);
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
