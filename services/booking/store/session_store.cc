#include "services/booking/store/session_store.h"

#include "absl/strings/str_join.h"

#include <map>

namespace dm::booking {
namespace {

using database::Statement;
using database::ToMicros;

// Rows are taken in the order of their ids, as the ledger locks them.
constexpr Statement kStoreSessions{"store_sessions", R"sql(
  INSERT INTO sessions (id, name, host, title, department, start_time, end_time,
                        announced_capacity, capacity, instant_confirmation, version, kind, on_site,
                        chamber, profession, monthly_request_quota, reserved_schools,
                        priority_areas_only)
  SELECT id, name, host, title, department, dm_time(start_time), dm_time(end_time), capacity,
         capacity, instant_confirmation, version, kind, on_site, chamber, profession,
         quota, string_to_array(schools, ','), priority_areas_only
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[],
              $7::bigint[], $8::int[], $9::boolean[], $10::bigint[], $11::text[], $12::boolean[],
              $13::text[], $14::text[], $15::int[], $16::text[], $17::boolean[])
         AS told (id, name, host, title, department, start_time, end_time, capacity,
                  instant_confirmation, version, kind, on_site, chamber, profession, quota, schools,
                  priority_areas_only)
  ORDER BY id
  ON CONFLICT (id) DO UPDATE
  SET host = excluded.host, title = excluded.title, department = excluded.department,
      start_time = excluded.start_time, end_time = excluded.end_time,
      announced_capacity = excluded.announced_capacity,
      capacity = greatest(excluded.announced_capacity, sessions.held),
      instant_confirmation = excluded.instant_confirmation, open = true, cancelled = false,
      version = excluded.version, kind = excluded.kind, on_site = excluded.on_site,
      chamber = excluded.chamber, profession = excluded.profession,
      monthly_request_quota = excluded.monthly_request_quota,
      reserved_schools = excluded.reserved_schools,
      priority_areas_only = excluded.priority_areas_only, review_time = dm_time($18)
  WHERE sessions.version < excluded.version
)sql"};

// Requests are not counted while a host has no quota: what was counted before is not to be gone on
// with. Counting begins anew from the bookings.
constexpr Statement kForgetRequests{"forget_host_requests",
                                    "DELETE FROM host_requests WHERE host = ANY ($1::text[])"};

constexpr Statement kCloseSessions{"close_sessions", R"sql(
  UPDATE sessions
  SET open = false, cancelled = closed.cancelled, version = closed.version,
      review_time = CASE WHEN closed.cancelled THEN dm_time($4) ELSE review_time END
  FROM unnest($1::uuid[], $2::bigint[], $3::boolean[]) AS closed (id, version, cancelled)
  WHERE sessions.id = closed.id AND sessions.version < closed.version
)sql"};

}  // namespace

void StoreSessions(database::Transaction& transaction,
                   const std::vector<ScheduledSession>& sessions, absl::Time now) {
  // One row a session: the newest that was told.
  std::map<std::string, const ScheduledSession*> newest;
  for (const ScheduledSession& told : sessions) {
    const ScheduledSession*& row = newest[told.session.id];
    if (row == nullptr || row->version < told.version) row = &told;
  }
  if (newest.empty()) return;
  std::vector<std::string> ids, names, hosts, titles, departments, kinds, chambers, professions,
      schools, unlimited;
  std::vector<int64_t> starts, ends, versions;
  std::vector<int> capacities, quotas;
  std::vector<bool> instant, on_site, priority_areas;
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
    kinds.emplace_back(SessionKindName(session.kind));
    on_site.push_back(session.on_site);
    chambers.emplace_back(ChamberName(session.chamber));
    professions.push_back(session.profession);
    quotas.push_back(session.monthly_request_quota);
    schools.push_back(absl::StrJoin(session.reserved_schools, ","));
    priority_areas.push_back(session.priority_areas_only);
    if (session.monthly_request_quota == 0) unlimited.push_back(session.host);
  }
  transaction.Exec(kStoreSessions, ids, names, hosts, titles, departments, starts, ends, capacities,
                   instant, versions, kinds, on_site, chambers, professions, quotas, schools,
                   priority_areas, ToMicros(now));
  if (!unlimited.empty()) transaction.Exec(kForgetRequests, unlimited);
}

void CloseSessions(database::Transaction& transaction, const std::vector<ClosedSession>& sessions,
                   absl::Time now) {
  std::map<std::string, const ClosedSession*> newest;
  for (const ClosedSession& told : sessions) {
    const ClosedSession*& row = newest[told.id];
    if (row == nullptr || row->version < told.version) row = &told;
  }
  if (newest.empty()) return;
  std::vector<std::string> ids;
  std::vector<int64_t> versions;
  std::vector<bool> cancelled;
  for (const auto& [id, told] : newest) {
    ids.push_back(id);
    versions.push_back(told->version);
    cancelled.push_back(told->cancelled);
  }
  transaction.Exec(kCloseSessions, ids, versions, cancelled, ToMicros(now));
}

}  // namespace dm::booking
