#include "tests/support/pooler.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace dm::testing {
namespace {

// A server that was away is asked again soon: tests wait for it. Whoever waits for one is told so
// in time, since nothing keeps a deadline before a server has taken the transaction.
constexpr char kSettings[] = R"ini([databases]
* = host=$folder port=5432
[pgbouncer]
pool_mode = transaction
listen_port = $port
unix_socket_dir = $folder
auth_type = trust
auth_file = $folder/pooler-users
pidfile = $folder/pooler.pid
logfile = $folder/pooler.log
log_connections = 0
log_disconnections = 0
max_client_conn = 1000
default_pool_size = 10
server_login_retry = 0.1
query_wait_timeout = 3
)ini";

}  // namespace

bool PoolerIsWanted() {
  const char* name = std::getenv("DM_TEST_POOLER");
  if (name == nullptr || *name == '\0') return false;
  if (std::string(name) == "pgbouncer") return true;
  std::fprintf(stderr, "DM_TEST_POOLER: no pooler is called '%s' (pgbouncer)\n", name);
  std::abort();
}

std::string PreparePooler(const std::string& folder, const std::vector<std::string>& users) {
  std::ofstream list(folder + "/pooler-users");
  for (const std::string& user : users) list << '"' << user << "\" \"\"\n";
  std::ofstream(folder + "/pooler.ini") << absl::StrReplaceAll(
      kSettings, {{"$folder", folder}, {"$port", absl::StrCat(kPoolerPort)}});
  return absl::StrCat("/usr/sbin/pgbouncer -q -d ", folder, "/pooler.ini");
}

}  // namespace dm::testing
