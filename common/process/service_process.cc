#include "common/process/service_process.h"

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/auth/acr_values.h"
#include "common/auth/https_download.h"
#include "common/auth/jwks_file.h"
#include "common/auth/jwks_url.h"
#include "common/config/shown_options.h"
#include "common/process/channels.h"
#include "common/process/database_watch.h"
#include "common/process/grpc_log.h"
#include "common/process/grpc_server.h"
#include "common/process/health_server.h"
#include "common/process/readiness.h"
#include "common/process/resource_meters.h"
#include "common/process/standard_options.h"
#include "common/process/stop_signals.h"
#include "common/process/tls_choice.h"
#include "common/process/tls_identity.h"
#include "common/process/tracing.h"
#include "common/rpc/method_table.h"
#include "common/telemetry/admin_server.h"
#include "common/telemetry/log.h"
#include "common/telemetry/metrics.h"
#include "common/telemetry/process_metrics.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <map>
#include <thread>
#include <utility>

namespace dm::process {
namespace {

using telemetry::Log;
using telemetry::Severity;

constexpr absl::Duration kTick = absl::Milliseconds(100);
// Of a process that starts, and whose calls others answer meanwhile.
constexpr absl::Duration kTickUntilReady = absl::Milliseconds(10);
// What is left of a stop after the drain; then the process goes as it is.
constexpr absl::Duration kStopSlack = absl::Seconds(10);

std::map<std::string, std::string> Environment() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const absl::string_view text = *entry;
    const size_t equals = text.find('=');
    if (equals == absl::string_view::npos) continue;
    variables[std::string(text.substr(0, equals))] = std::string(text.substr(equals + 1));
  }
  return variables;
}

class Service final : public ServiceContext {
 public:
  Service(ServiceDefinition definition, config::Values values)
      : definition_(std::move(definition)), config_(std::move(values)) {}

  const config::Values& config() override { return config_; }
  database::Database* database() override { return database_.get(); }
  Executor& executor() override { return *executor_; }
  rpc::Pipeline* pipeline() override { return pipeline_.get(); }
  const rpc::PageTokens& page_tokens() override { return *page_tokens_; }
  const Clock& clock() override { return Clock::System(); }
  const auth::TokenVerifier& verifier() override { return *verifier_; }
  const rpc::PeerAllowance* peers() override { return peers_.get(); }
  std::shared_ptr<grpc::Channel> ConnectTo(const std::string& peer,
                                           const std::string& address) override {
    return channels_.To(peer, address);
  }
  void Serve(std::unique_ptr<rpc::ServiceBinding> service) override {
    const absl::Status status = server_.Add(std::move(service));
    if (!status.ok()) serve_status_ = status;
  }
  void ServeForeign(std::unique_ptr<grpc::Service> service) override {
    server_.Add(std::move(service));
  }
  void Keep(std::shared_ptr<void> part) override { parts_.push_back(std::move(part)); }
  void ReadyWhen(std::string what, std::function<bool()> ready) override {
    readiness_.When(std::move(what), std::move(ready));
  }
  void DrainWith(std::function<void(absl::Duration)> drain) override {
    drains_.push_back(std::move(drain));
  }

  absl::Status Migrate() {
    absl::Status status = OpenDatabase();
    if (status.ok()) status = database::Migrate(*database_, definition_.migrations);
    if (status.ok()) Log(Severity::kInfo, "migrated");
    return status;
  }

  absl::Status Run(const std::function<absl::Status(ServiceContext&)>& setup) {
    absl::Status status = Prepare();
    if (status.ok() && !stop_asked_) status = setup(*this);
    if (status.ok()) status = serve_status_;
    if (status.ok()) status = channels_.status();
    if (status.ok() && !stop_asked_) status = StartServer();
    if (status.ok() && !stop_asked_) {
      Log(Severity::kInfo, "started", {{"port", server_.port()}});
      ServeUntilStopped();
    }
    Stop();
    return status;
  }

 private:
  int PoolSize() const {
    return static_cast<int>(config_.Integer("workers")) + definition_.background_connections;
  }

  absl::Status OpenDatabase() {
    auto database =
        database::Database::Open({.connection = config_.Text("database"),
                                  .password_file = config_.Text("database-password-file"),
                                  .schema = definition_.name,
                                  .application_name = absl::StrCat("dm-", definition_.name),
                                  .pool_size = PoolSize(),
                                  .prepare_statements = config_.Switch("prepare-statements"),
                                  .access = definition_.access});
    if (!database.ok()) return database.status();
    database_ = *std::move(database);
    return absl::OkStatus();
  }

  // Who this process is to its peers, and which of them it knows.
  absl::Status PrepareTls() {
    const TlsFiles files = {.certificate = config_.Text("tls-certificate-file"),
                            .key = config_.Text("tls-key-file"),
                            .authority = config_.Text("tls-authority-file")};
    const absl::Status choice =
        CheckTlsChoice(files, config_.Switch("listen-plain"), config_.Text("listen"));
    if (!choice.ok() || files.none()) return choice;
    auto identity = TlsIdentity::Follow(
        {.files = files,
         .name = definition_.name,
         .refresh = std::max(config_.Duration("tls-refresh"), absl::Seconds(1))},
        &clock());
    if (!identity.ok()) return identity.status();
    tls_identity_ = *std::move(identity);
    channels_.Secure(tls_identity_->ForChannels());
    if (!config_.Switch("listen-plain")) {
      peers_ = std::make_unique<rpc::PeerAllowance>(definition_.name);
    }
    return absl::OkStatus();
  }

  absl::Status StartServer() {
    return server_.Start(
        {.address = config_.Text("listen"),
         .credentials = peers_ == nullptr ? nullptr : tls_identity_->ForServer(),
         .connections = {.total = static_cast<int>(config_.Integer("grpc-connections")),
                         .of_one_host =
                             static_cast<int>(config_.Integer("grpc-connections-per-address"))},
         .reflection = config_.Switch("reflection")});
  }

  absl::Status Prepare() {
    for (const absl::Status& table : {rpc::CheckMethodTable(), rpc::CheckPeerTable()}) {
      if (!table.ok()) return table;
    }
    const absl::Status tls = PrepareTls();
    if (!tls.ok()) return tls;
    telemetry::ShowBuild(definition_.name);
    tracing_ =
        std::make_unique<Tracing>(definition_.name, config_.Text("otlp-address"),
                                  static_cast<int>(config_.Integer("trace-percent")), &channels_);
    readiness_.When("started", [this] { return started_.load(); });
    auto admin = telemetry::AdminServer::Start(config_.Text("admin-listen"),
                                               {.missing = [this] { return readiness_.Missing(); },
                                                .configuration = config::ShownOptions(config_)});
    if (!admin.ok()) return admin.status();
    admin_ = *std::move(admin);
    if (const std::string address = config_.Text("health-listen"); !address.empty()) {
      auto health = HealthServer::Start(address);
      if (!health.ok()) return health.status();
      health_ = *std::move(health);
    }

    const std::string staff_acr = config_.Text("staff-acr");
    const absl::Status tellable = auth::CheckAcrValues(staff_acr);
    if (!tellable.ok()) return tellable;
    verifier_ = std::make_unique<auth::JwtVerifier>(config_.Text("token-issuer"),
                                                    config_.Text("token-audience"), &clock(),
                                                    auth::JwtVerifier::Kind::kAccess, staff_acr);
    const absl::Status keys = FollowKeys();
    if (!keys.ok()) return keys;

    auto page_key = config::ReadSecret(config_.Text("page-token-key-file"));
    if (!page_key.ok()) return page_key.status();
    if (page_key->size() < 32) {
      return absl::FailedPreconditionError("the key of the page tokens needs at least 32 bytes");
    }
    page_tokens_ = std::make_unique<rpc::PageTokens>(*std::move(page_key), &clock());

    executor_ = std::make_unique<Executor>(
        Executor::Options{.threads = static_cast<int>(config_.Integer("workers")),
                          .queue_capacity = static_cast<size_t>(config_.Integer("queue")),
                          .waited = ResourceMeters::WaitMeter()});
    pipeline_ = std::make_unique<rpc::Pipeline>(rpc::Pipeline::Options{.executor = executor_.get(),
                                                                       .verifier = verifier_.get(),
                                                                       .clock = &clock(),
                                                                       .peers = peers_.get()});
    if (definition_.migrations.empty()) return absl::OkStatus();
    if (definition_.database_optional && config_.Text("database").empty()) return absl::OkStatus();
    absl::Status status = OpenDatabase();
    if (status.ok()) status = AwaitSchema();
    if (status.ok() && !stop_asked_ && !definition_.database_optional) WatchDatabase();
    return status;
  }

  void WatchDatabase() {
    database_watch_ = std::make_unique<DatabaseWatch>(database_.get());
    readiness_.When("database", [this] { return database_watch_->answers(); });
  }

  // The keys of access tokens, from the one place that was named.
  absl::Status FollowKeys() {
    const std::string file = config_.Text("jwks-file");
    const std::string url = config_.Text("jwks-url");
    if (file.empty() == url.empty()) {
      return absl::InvalidArgumentError("one of --jwks-file and --jwks-url is needed");
    }
    if (!file.empty()) {
      auto keys = auth::JwksFile::Follow(file, verifier_.get());
      if (keys.ok()) jwks_file_ = *std::move(keys);
      return keys.status();
    }
    const absl::Status usable = auth::CheckKeysUrl(url);
    if (!usable.ok()) return usable;
    auth::JwksUrl::Options options{.url = url, .usual_age = config_.Duration("jwks-refresh")};
    options.shortest_age = std::min(options.shortest_age, options.usual_age);
    jwks_url_ = std::make_unique<auth::JwksUrl>(std::move(options), auth::DownloadKeys,
                                                verifier_.get(), &clock());
    readiness_.When("keys of access tokens", [this] { return jwks_url_->HasKeys(); });
    return absl::OkStatus();
  }

  // A database that is not there yet is waited for; a schema that is another's is not.
  absl::Status AwaitSchema() {
    for (bool told = false;; told = true) {
      const absl::Status status = database::CheckSchema(*database_, definition_.migrations);
      if (status.ok() || status.code() == absl::StatusCode::kFailedPrecondition) return status;
      if (definition_.database_optional) {
        Log(Severity::kWarning, "starting_without_database", {{"cause", status.message()}});
        return absl::OkStatus();
      }
      if (!told) {
        Log(Severity::kWarning, "waiting_for_database", {{"cause", status.message()}});
      }
      if (StopAskedWithin(absl::Milliseconds(300))) {
        stop_asked_ = true;
        return absl::OkStatus();
      }
    }
  }

  void ServeUntilStopped() {
    started_ = true;
    ResourceMeters meters(executor_.get(), static_cast<size_t>(config_.Integer("queue")),
                          database_.get(), PoolSize());
    bool ready = false;
    do {
      ready = readiness_.Missing().empty();
      meters.Update();
      SetServing(ready);
    } while (!StopAskedWithin(ready ? kTick : kTickUntilReady));
  }

  void SetServing(bool serving) {
    static auto& ready =
        telemetry::GaugeOf("dm_ready", "1 while the process may be sent calls, else 0");
    ready.Set(serving ? 1 : 0);
    server_.SetServing(serving);
    if (health_ != nullptr) health_->SetReady(serving);
  }

  // Not ready -> whoever sends calls notices -> no more calls, those under way end -> the parts go.
  void Stop() {
    const absl::Duration delay = started_ ? config_.Duration("stop-delay") : absl::ZeroDuration();
    const absl::Duration drain = config_.Duration("drain-time");
    Log(Severity::kInfo, "stopping");
    LimitStop(delay + drain + kStopSlack);
    readiness_.Drain();
    if (started_) SetServing(false);
    absl::SleepFor(delay);
    if (pipeline_ != nullptr) pipeline_->StopStreams();
    std::vector<std::thread> drains;
    for (const auto& part : drains_) drains.emplace_back([&part, drain] { part(drain); });
    server_.Drain(absl::Now() + drain);
    for (std::thread& part : drains) part.join();
    readiness_.Clear();
    while (!parts_.empty()) parts_.pop_back();
    if (executor_ != nullptr) executor_->Stop();
    database_watch_.reset();
    if (tracing_ != nullptr) tracing_->Stop();
    Log(Severity::kInfo, "stopped");
  }

  const ServiceDefinition definition_;
  const config::Values config_;
  // What the process stands on, in the order in which it is made; it goes in the reverse one.
  Readiness readiness_;
  std::atomic<bool> started_ = false;
  bool stop_asked_ = false;
  // Null in plain text.
  std::unique_ptr<TlsIdentity> tls_identity_;
  std::unique_ptr<rpc::PeerAllowance> peers_;
  Channels channels_;
  std::unique_ptr<Tracing> tracing_;
  std::unique_ptr<auth::JwtVerifier> verifier_;
  std::unique_ptr<auth::JwksFile> jwks_file_;
  std::unique_ptr<auth::JwksUrl> jwks_url_;
  std::unique_ptr<rpc::PageTokens> page_tokens_;
  std::unique_ptr<database::Database> database_;
  std::unique_ptr<DatabaseWatch> database_watch_;
  std::unique_ptr<Executor> executor_;
  std::unique_ptr<rpc::Pipeline> pipeline_;
  GrpcServer server_;
  absl::Status serve_status_;
  std::vector<std::shared_ptr<void>> parts_;
  std::vector<std::function<void(absl::Duration)>> drains_;
  std::unique_ptr<HealthServer> health_;
  std::unique_ptr<telemetry::AdminServer> admin_;
};

}  // namespace

int RunService(int argc, char** argv, ServiceDefinition definition,
               std::function<absl::Status(ServiceContext&)> setup) {
  BlockStopSignals();
  signal(SIGPIPE, SIG_IGN);
#ifdef NDEBUG
  // Debian's abseil records the order of all locks, those of gRPC too, at every lock. Builds for
  // development keep it: there it ends the process where a deadlock is possible.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
#endif

  const bool has_database = !definition.migrations.empty();
  std::vector<config::Option> options =
      StandardOptions(!has_database                  ? DatabaseUse::kNone
                      : definition.database_optional ? DatabaseUse::kOptional
                                                     : DatabaseUse::kRequired);
  options.insert(options.end(), definition.options.begin(), definition.options.end());
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (std::find(arguments.begin(), arguments.end(), "--help") != arguments.end()) {
    std::fputs(config::Help(absl::StrCat("dm-", definition.name), options).c_str(), stdout);
    return 0;
  }
  // A migration needs nothing but the database.
  const bool migrate =
      has_database && std::find(arguments.begin(), arguments.end(), "--migrate") != arguments.end();
  if (migrate) {
    for (config::Option& option : options) {
      const bool needed = option.name == "database";
      if (!needed && !option.default_value.has_value()) option.default_value = "";
    }
  }
  absl::StatusOr<config::Values> values = config::Read(options, arguments, Environment());
  if (!values.ok()) {
    std::fprintf(stderr, "dm-%s: wrong options\n%s\n", definition.name.c_str(),
                 std::string(values.status().message()).c_str());
    return 2;
  }
  telemetry::ConfigureLog(definition.name, telemetry::ParseSeverity(values->Text("log-level")));
  RouteGrpcLog();

  Service service(std::move(definition), *std::move(values));
  const absl::Status status = migrate ? service.Migrate() : service.Run(setup);
  if (!status.ok()) Log(Severity::kError, "failed", {{"cause", status.message()}});
  // All that must be closed is closed by now. The admin port's library would take up to 2 s more to
  // stop its threads, which hold nothing.
  std::fflush(nullptr);
  _exit(status.ok() ? 0 : 1);
}

}  // namespace dm::process
