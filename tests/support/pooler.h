#pragma once

#include <string>
#include <vector>

namespace dm::testing {

// Whether DM_TEST_POOLER=pgbouncer puts PgBouncer, in transaction mode, between services and the
// tests' PostgreSQL. Any other name ends the process.
bool PoolerIsWanted();

// Writes PgBouncer's configuration into `folder`, which holds the socket of PostgreSQL as well, for
// these users. The command that starts it in the background; its process id is in pooler.pid.
std::string PreparePooler(const std::string& folder, const std::vector<std::string>& users);

inline constexpr int kPoolerPort = 6432;

}  // namespace dm::testing
