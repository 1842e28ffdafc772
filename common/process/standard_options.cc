#include "common/process/standard_options.h"

#include <iterator>

namespace dm::process {

std::vector<config::Option> StandardOptions(DatabaseUse database) {
  using config::Option;
  using config::Type;
  std::vector<Option> options = {
      {.name = "listen", .type = Type::kAddress, .help = "Address of the gRPC server."},
      {.name = "admin-listen",
       .type = Type::kAddress,
       .help = "Address of /metrics, /healthz, /readyz and /configz."},
      {.name = "health-listen",
       .type = Type::kAddress,
       .help = "Address of grpc.health.v1 in plain text, for probes: the services \"liveness\" and "
               "\"readiness\". Empty: none.",
       .default_value = ""},
      {.name = "tls-certificate-file",
       .help = "PEM file with this process's certificate and what leads to its authority. With the "
               "two beside it gRPC is mutual TLS, without them plain text on the loopback.",
       .default_value = ""},
      {.name = "tls-key-file", .help = "PEM file with the certificate's key.", .default_value = ""},
      {.name = "tls-authority-file",
       .help = "PEM file with the authorities of the peers' certificates.",
       .default_value = ""},
      {.name = "tls-refresh",
       .type = Type::kDuration,
       .help =
           "How often the TLS files are looked at, 1s at least; changed ones are taken without a "
           "restart.",
       .default_value = "10s"},
      {.name = "listen-plain",
       .type = Type::kSwitch,
       .help = "The gRPC server speaks plain text in spite of the TLS files, for a front proxy on "
               "this machine: --listen is on the loopback.",
       .default_value = "false"},
      {.name = "grpc-connections",
       .type = Type::kInteger,
       .help = "Connections to the gRPC server at once; one more is closed.",
       .default_value = "4096",
       .min = 1,
       .max = 1'000'000},
      {.name = "grpc-connections-per-address",
       .type = Type::kInteger,
       .help = "The same from one IP address (IPv6: from one network of 64 bits).",
       .default_value = "1024",
       .min = 1,
       .max = 1'000'000},
      {.name = "reflection",
       .type = Type::kSwitch,
       .help = "The gRPC server tells what its methods are, for tools of developers. Slows every "
               "call.",
       .default_value = "false"},
      {.name = "jwks-file",
       .help =
           "File with the keys that access tokens are verified with; read again when it changes.",
       .default_value = ""},
      {.name = "jwks-url",
       .help = "In place of the file: where the issuer publishes its keys (`jwks_uri`). https, or "
               "http on the loopback.",
       .default_value = ""},
      {.name = "jwks-refresh",
       .type = Type::kDuration,
       .help = "How long keys of --jwks-url are good when the issuer does not say; it may say as "
               "little as 30 s, or as this if that is less, and as much as an hour.",
       .default_value = "5m"},
      {.name = "token-issuer",
       .help = "The `iss` that access tokens must have.",
       .default_value = "https://issuer.destinationmetier.example"},
      {.name = "token-audience",
       .help = "The `aud` that access tokens must have.",
       .default_value = "destinationmetier"},
      {.name = "staff-acr",
       .help = "The `acr` values, with a space between, of which access tokens need one for the "
               "roles agency and operator to count: how staff has to sign in. Empty: any way.",
       .default_value = ""},
      {.name = "page-token-key-file",
       .help =
           "File with the key, of at least 32 bytes, that page tokens are signed with; the same "
           "on all replicas."},
      {.name = "workers",
       .type = Type::kInteger,
       .help = "Threads that answer calls, near the number of cores.",
       .default_value = "4",
       .min = 1,
       .max = 256},
      {.name = "queue",
       .type = Type::kInteger,
       .help = "Calls that may wait for a worker; more are refused at once.",
       .default_value = "256",
       .min = 1,
       .max = 100'000},
      {.name = "stop-delay",
       .type = Type::kDuration,
       .help = "How long calls are still taken after SIGTERM, which makes it not ready at once: as "
               "long as balancers need to notice.",
       .default_value = "0s"},
      {.name = "drain-time",
       .type = Type::kDuration,
       .help = "How long calls may go on after that. 10 s later the process ends whatever happens.",
       .default_value = "10s"},
      {.name = "otlp-address",
       .help = "Collector of traces, host:port of OTLP over gRPC; with TLS its certificate has the "
               "DNS name `collector`. Empty: no traces leave.",
       .default_value = ""},
      {.name = "trace-percent",
       .type = Type::kInteger,
       .help = "How many of the traces that begin here are recorded; those that began elsewhere "
               "are when their caller says so.",
       .default_value = "100",
       .min = 0,
       .max = 100},
      {.name = "log-level",
       .help = "Least severity that is logged: debug, info, warning, error.",
       .default_value = "info"},
  };
  if (database == DatabaseUse::kNone) return options;
  std::vector<Option> of_database = {
      {.name = "database", .help = "libpq connection string of the service's role, no password."},
      {.name = "database-password-file",
       .help = "File with the role's password; none when empty.",
       .default_value = ""},
      {.name = "prepare-statements",
       .type = Type::kSwitch,
       .help = "Off behind a pooler in transaction mode.",
       .default_value = "true"},
      {.name = "migrate",
       .type = Type::kSwitch,
       .help = "Brings the schema up to date and exits.",
       .default_value = "false"},
  };
  if (database == DatabaseUse::kOptional) {
    of_database[0].help += " Empty: none.";
    of_database[0].default_value = "";
  }
  options.insert(options.end(), std::make_move_iterator(of_database.begin()),
                 std::make_move_iterator(of_database.end()));
  return options;
}

}  // namespace dm::process
