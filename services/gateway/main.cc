#include "absl/strings/str_cat.h"
#include "common/database/migrations.h"
#include "common/process/service_process.h"
#include "services/gateway/api/admission.h"
#include "services/gateway/gateway.h"
#include "services/gateway/limits/quota.h"
#include "services/gateway/limits/shared_allowances.h"
#include "services/gateway/store/rate_limit_store.h"

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
                                 {.name = "rate-limits",
                                  .help = "Calls that one caller may make, by class, for instance "
                                          "READ=6000/1m,LINK=30/1m; classes that are not named "
                                          "keep their defaults. off: no limits.",
                                  .default_value = ""},
                                 {.name = "trusted-proxies",
                                  .help = "Networks of the proxies whose X-Forwarded-For is "
                                          "believed, for instance 10.0.0.0/8,fd00::/8.",
                                  .default_value = ""},
                                 {.name = "cors-origins",
                                  .help = "Origins whose pages may call over HTTP, for instance "
                                          "https://www.example.fr; * for all.",
                                  .default_value = ""},
                                 {.name = "hsts",
                                  .type = Type::kDuration,
                                  .help = "For how long browsers are told to come by https alone; "
                                          "0s where they do not.",
                                  .default_value = "0s"}};
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

// The door, and what it needs. Parts go in reverse order.
absl::StatusOr<std::shared_ptr<const dm::gateway::Admission>> MakeAdmission(
    dm::process::ServiceContext& context) {
  const auto quotas = dm::gateway::ParseQuotas(context.config().Text("rate-limits"));
  if (!quotas.ok()) return quotas.status();
  auto proxies = dm::gateway::TrustedProxies::Parse(context.config().Text("trusted-proxies"));
  if (!proxies.ok()) return proxies.status();
  auto hash_key = dm::config::ReadSecret(context.config().Text("page-token-key-file"));
  if (!hash_key.ok()) return hash_key.status();
  const auto allowances = std::make_shared<dm::gateway::Allowances>(*quotas);
  context.Keep(allowances);
  std::shared_ptr<dm::gateway::RateLimitStore> ledger;
  if (context.database() != nullptr) {
    ledger = std::make_shared<dm::gateway::RateLimitStore>(context.database());
    context.Keep(ledger);
  }
  context.Keep(std::make_shared<dm::gateway::SharedAllowances>(
      dm::gateway::SharedAllowances::Options(), allowances.get(), ledger.get(), &context.clock()));
  const auto admission = std::make_shared<const dm::gateway::Admission>(
      dm::gateway::Admission::Options{.verifier = &context.verifier(),
                                      .allowances = allowances.get(),
                                      .proxies = *std::move(proxies),
                                      .hash_key = absl::StrCat("rate limits ", *hash_key),
                                      .clock = &context.clock()});
  context.Keep(std::const_pointer_cast<dm::gateway::Admission>(admission));
  return admission;
}

absl::Status SetUp(dm::process::ServiceContext& context) {
  const auto admission = MakeAdmission(context);
  if (!admission.ok()) return admission.status();
  auto origins = dm::gateway::ParseOrigins(context.config().Text("cors-origins"));
  if (!origins.ok()) return origins.status();
  Gateway::Channels channels;
  for (const PeerOption& peer : kPeers) {
    channels[peer.peer] = context.ConnectTo(context.config().Text(peer.option));
    AwaitPeer(context, peer.name, channels[peer.peer]);
  }
  auto gateway = Gateway::Start(
      channels,
      {.listen = context.config().Text("http-listen"),
       .max_connections = static_cast<int>(context.config().Integer("http-connections"))},
      admission->get(), &context.clock(),
      {.origins = *std::move(origins), .https_only = context.config().Duration("hsts")});
  if (!gateway.ok()) return gateway.status();
  for (auto& forwarder : (*gateway)->Forwarders()) context.ServeForeign(std::move(forwarder));
  context.Serve((*gateway)->BindPages(context.pipeline()));
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
