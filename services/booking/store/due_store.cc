#include "services/booking/store/due_store.h"

namespace dm::booking {
namespace {

using database::Statement;

// The soonest of each kind, those not yet due included: they say when to come back.
constexpr Statement kReadDue{"read_due", R"sql(
  (SELECT 'session' AS kind, id, dm_micros(review_time) AS at FROM sessions
   WHERE review_time IS NOT NULL ORDER BY review_time LIMIT $1)
  UNION ALL
  (SELECT 'booking', id, dm_micros(review_time) FROM bookings
   WHERE review_time IS NOT NULL ORDER BY review_time LIMIT $1)
)sql"};

}  // namespace

absl::StatusOr<Due> ReadDue(database::Database& database, absl::Time now, int limit,
                            absl::Time deadline) {
  const auto rows = database.Query(deadline, kReadDue, limit);
  if (!rows.ok()) return rows.status();
  Due due;
  for (const pqxx::row& row : *rows) {
    const absl::Time at = database::FromMicros(row["at"].as<int64_t>());
    if (at > now) {
      if (!due.next.has_value() || at < *due.next) due.next = at;
    } else if (absl::string_view(row["kind"].c_str()) == "session") {
      due.sessions.emplace_back(row["id"].c_str());
    } else {
      due.bookings.emplace_back(row["id"].c_str());
    }
  }
  return due;
}

}  // namespace dm::booking
