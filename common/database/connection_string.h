#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/database/database.h"

#include <string>

namespace dm::database {

// Whether the options can be used: the connection string parses and holds no secret, the schema is
// a plain identifier, the pool has a size. INVALID_ARGUMENT never quotes the string.
absl::Status CheckOptions(const Options& options);

// What libpq is given for a new connection: the caller's string with our name, our limits on a dead
// network, the session's settings, and the password as its file has it now, so that a rotated
// password needs no restart. UNAVAILABLE when the password's file cannot be read.
absl::StatusOr<std::string> FullConnectionString(const Options& options);

// The session's settings as one SQL text of SET LOCAL, for a transaction behind a pooler, which
// keeps no session.
std::string LocalSettings(const Options& options);

}  // namespace dm::database
