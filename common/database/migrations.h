#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

#include <string>
#include <vector>

namespace dm::database {

class Database;

// One numbered SQL file. `id` is its name without ".sql", for instance "0001_outbox".
struct Migration {
  absl::string_view id;
  absl::string_view sql;
};

// The migrations of one folder, in order (cmake's dm_migrations embeds them into the binary).
using MigrationSet = std::vector<Migration>;

// A named series, applied in the order given. `name` ("events", "booking") keeps the numbers of two
// folders apart in the record.
struct MigrationSeries {
  absl::string_view name;
  const MigrationSet* migrations;
};

// Brings the schema up to date. One runner at a time (others wait), each file in a transaction of
// its own together with its record of id and SHA-256 in `schema_migrations`; a file may not contain
// BEGIN or COMMIT. FAILED_PRECONDITION when a recorded file has another checksum now, or when the
// record knows a file that this binary does not.
absl::Status Migrate(Database& database, const std::vector<MigrationSeries>& series);

// What a service asks before it serves. OK when all files are recorded as they are here; newer ones
// may be too, since the next version's are applied while this one serves, and a replica of this one
// may have to start again until it is gone. A file that the version before cannot live with has a
// name that ends in "_breaking". FAILED_PRECONDITION names the first file that is missing, changed,
// or unknown and breaking or out of order.
absl::Status CheckSchema(Database& database, const std::vector<MigrationSeries>& series);

}  // namespace dm::database
