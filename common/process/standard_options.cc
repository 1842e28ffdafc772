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
      {.name = "drain-time",
       .type = Type::kDuration,
       .help = "How long calls may go on after SIGTERM.",
       .default_value = "10s"},
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
