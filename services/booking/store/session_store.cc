#include "services/booking/store/session_store.h"

#include <algorithm>
#include <map>

namespace dm::booking {
namespace {

using database::Statement;
using database::ToMicros;

// Rows are taken in the order of their ids, as the ledger locks them.
constexpr Statement kStoreSessions{"store_sessions", R"sql(
  INSERT INTO sessions (id, name, host, title, department, start_time, end_time,
                        announced_capacity, capacity, instant_confirmation, version)
  SELECT id, name, host, title, department, dm_time(start_time), dm_time(end_time), capacity,
         capacity, instant_confirmation, version
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[],
              $7::bigint[], $8::int[], $9::boolean[], $10::bigint[])
         AS told (id, name, host, title, department, start_time, end_time, capacity,
                  instant_confirmation, version)
  ORDER BY id
  ON CONFLICT (id) DO UPDATE
  SET host = excluded.host, title = excluded.title, department = excluded.department,
      start_time = excluded.start_time, end_time = excluded.end_time,
      announced_capacity = excluded.announced_capacity,
      capacity = greatest(excluded.announced_capacity, sessions.held),
      instant_confirmation = excluded.instant_confirmation, open = true,
      version = excluded.version
  WHERE sessions.version < excluded.version
  RETURNING id, xmax <> 0 AS was_there
)sql"};

constexpr Statement kMoveBookings{"move_bookings", R"sql(
  UPDATE bookings
  SET start_time = sessions.start_time, end_time = sessions.end_time,
      session_title = sessions.title
  FROM sessions
  WHERE sessions.id = $1::uuid AND bookings.session_id = sessions.id
    AND bookings.state IN ('WAITLISTED', 'OFFERED', 'PENDING_CONSENT', 'PENDING_HOST', 'CONFIRMED')
    AND (bookings.start_time, bookings.end_time, bookings.session_title)
        IS DISTINCT FROM (sessions.start_time, sessions.end_time, sessions.title)
    AND NOT EXISTS (
      SELECT FROM bookings AS other
      WHERE other.applicant = bookings.applicant AND other.id <> bookings.id
        AND other.state IN ('WAITLISTED', 'OFFERED', 'PENDING_CONSENT', 'PENDING_HOST', 'CONFIRMED')
        AND tstzrange(other.start_time, other.end_time)
            && tstzrange(sessions.start_time, sessions.end_time))
)sql"};

constexpr Statement kCountLeftBehind{"count_left_behind", R"sql(
  SELECT count(*) FROM bookings JOIN sessions ON sessions.id = bookings.session_id
  WHERE sessions.id = $1::uuid
    AND bookings.state IN ('WAITLISTED', 'OFFERED', 'PENDING_CONSENT', 'PENDING_HOST', 'CONFIRMED')
    AND (bookings.start_time, bookings.end_time)
        IS DISTINCT FROM (sessions.start_time, sessions.end_time)
)sql"};

constexpr Statement kCloseSessions{"close_sessions", R"sql(
  UPDATE sessions SET open = false, version = closed.version
  FROM unnest($1::uuid[], $2::bigint[]) AS closed (id, version)
  WHERE sessions.id = closed.id AND sessions.version < closed.version
)sql"};

}  // namespace

int64_t StoreSessions(database::Transaction& transaction,
                      const std::vector<ScheduledSession>& sessions) {
  // One row a session: the newest that was told.
  std::map<std::string, const ScheduledSession*> newest;
  for (const ScheduledSession& told : sessions) {
    const ScheduledSession*& row = newest[told.session.id];
    if (row == nullptr || row->version < told.version) row = &told;
  }
  if (newest.empty()) return 0;
  std::vector<std::string> ids, names, hosts, titles, departments;
  std::vector<int64_t> starts, ends, versions;
  std::vector<int> capacities;
  std::vector<bool> instant;
  for (const auto& [id, told] : newest) {
    const Session& session = told->session;
    ids.push_back(id);
    names.push_back(session.name);
    hosts.push_back(session.host);
    titles.push_back(session.title);
    departments.push_back(session.department);
    starts.push_back(ToMicros(session.start_time));
    ends.push_back(ToMicros(session.end_time));
    capacities.push_back(session.announced_capacity);
    instant.push_back(session.instant_confirmation);
    versions.push_back(told->version);
  }
  int64_t left_behind = 0;
  for (const pqxx::row& row :
       transaction.Exec(kStoreSessions, ids, names, hosts, titles, departments, starts, ends,
                        capacities, instant, versions)) {
    if (!row["was_there"].as<bool>()) continue;
    // One session after the other, so that two that move at once cannot put a person in two places.
    const std::string id = row["id"].c_str();
    transaction.Exec(kMoveBookings, id);
    left_behind += transaction.Exec(kCountLeftBehind, id)[0][0].as<int64_t>();
  }
  return left_behind;
}

void CloseSessions(database::Transaction& transaction,
                   const std::vector<std::pair<std::string, int64_t>>& sessions) {
  std::map<std::string, int64_t> newest;
  for (const auto& [id, version] : sessions) newest[id] = std::max(newest[id], version);
  if (newest.empty()) return;
  std::vector<std::string> ids;
  std::vector<int64_t> versions;
  for (const auto& [id, version] : newest) {
    ids.push_back(id);
    versions.push_back(version);
  }
  transaction.Exec(kCloseSessions, ids, versions);
}

}  // namespace dm::booking
