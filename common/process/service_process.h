#pragma once

#include "absl/status/status.h"
#include "common/config/options.h"
#include "common/database/database.h"
#include "common/database/migrations.h"
#include "common/execution/executor.h"
#include "common/rpc/page_token.h"
#include "common/rpc/peer_table.h"
#include "common/rpc/pipeline.h"
#include "common/rpc/service_binding.h"
#include "common/time/clock.h"

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

// The life of a service's process, the same for all: options, log, metrics, database, gRPC server
// with health, admin and health ports, SIGTERM.
namespace dm::process {

// What a service builds its parts from. Everything here outlives the parts.
class ServiceContext {
 public:
  virtual ~ServiceContext() = default;

  virtual const config::Values& config() = 0;
  // Null for a service that was defined without migrations, or that may do without a database and
  // was given none.
  virtual database::Database* database() = 0;
  virtual Executor& executor() = 0;
  virtual rpc::Pipeline* pipeline() = 0;
  virtual const rpc::PageTokens& page_tokens() = 0;
  virtual const Clock& clock() = 0;
  // Of access tokens.
  virtual const auth::TokenVerifier& verifier() = 0;

  // A channel to another service ("host:port", "dns:///name:port", or "ipv4:host:port,host:port" of
  // its replicas): round robin, keepalive, reconnect backoff of at most 2 s, retry of UNAVAILABLE
  // for what is safe to repeat. With TLS, whoever is found there must show a certificate with the
  // DNS name `peer` ("booking"). Shared by peer and address. One that would leave the machine in
  // plain text keeps the process from starting.
  virtual std::shared_ptr<grpc::Channel> ConnectTo(const std::string& peer,
                                                   const std::string& address) = 0;

  // Which processes may call what; null in plain text, where peers are not told apart. The pipeline
  // asks it by itself.
  virtual const rpc::PeerAllowance* peers() = 0;

  // Adds a gRPC service; it must be complete.
  virtual void Serve(std::unique_ptr<rpc::ServiceBinding> service) = 0;
  // Adds any other gRPC service (the gateway's forwarder).
  virtual void ServeForeign(std::unique_ptr<grpc::Service> service) = 0;

  // Keeps a part alive until the server has drained; parts go in reverse order.
  virtual void Keep(std::shared_ptr<void> part) = 0;

  // A condition of readiness, asked at every readiness probe, for instance "feed catalogue caught
  // up".
  virtual void ReadyWhen(std::string what, std::function<bool()> ready) = 0;

  // For a part that takes calls past the gRPC server: run on a thread of its own while that drains,
  // with the time that calls may go on for.
  virtual void DrainWith(std::function<void(absl::Duration)> drain) = 0;
};

struct ServiceDefinition {
  // "booking": the schema, the metrics' label, the log's `service`.
  std::string name;
  // Options beside the standard ones (see StandardOptions).
  std::vector<config::Option> options;
  // Empty for a service without a database.
  std::vector<database::MigrationSeries> migrations;
  // The service answers without its database as well: `--database` may be empty, and neither start
  // nor readiness waits for what it names. A schema that this binary does not know still keeps it
  // from starting.
  bool database_optional = false;
  // On whose behalf its statements run, unless it declares another (see Database::As). A service
  // that keeps personal data sees none of it otherwise.
  database::Access access = database::Access::OfNobody();
  // Connections beside those of the workers: feeds read and served, loops, the ledger's lanes.
  int background_connections = 4;
};

// main(): reads the options, migrates and exits with `--migrate`, else waits for the database,
// refuses to start on a schema that it does not know, calls `setup`, serves until SIGTERM, is no
// longer ready, waits until that is noticed, drains. Exit codes: 0 after a clean stop, 2 for a
// wrong option, 70 where the stop took too long, 128 + the number of a second signal, 1 for all
// else.
int RunService(int argc, char** argv, ServiceDefinition definition,
               std::function<absl::Status(ServiceContext&)> setup);

}  // namespace dm::process
