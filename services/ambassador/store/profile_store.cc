#include "services/ambassador/store/profile_store.h"

#include "common/errors/error.h"
#include "services/ambassador/store/rows.h"

#include <algorithm>
#include <cmath>

namespace dm::ambassador::store {
namespace {

using database::Statement;
using database::ToMicros;

constexpr double kMetresPerKilometre = 1000;
// PostgreSQL refuses to calculate with what is all but zero: 5e-324 / 6371 underflows. These are
// far less than a centimetre.
constexpr double kLeastDegrees = 1e-9;
constexpr double kLeastRadiusMetres = 1e-3;

std::optional<double> Degrees(std::optional<double> value) {
  if (value.has_value() && std::abs(*value) < kLeastDegrees) return 0;
  return value;
}

absl::Status Unknown(const std::string& id) { return NotFoundError("ambassadors/" + id); }

std::optional<int64_t> MicrosOrNone(absl::Time time) {
  if (time == absl::InfiniteFuture()) return std::nullopt;
  return ToMicros(time);
}

}  // namespace

// One row even when the page is empty: it carries the count. Typing errors are forgiven only when
// no text has the words as they were typed, so that a right question gets no look-alikes. The
// parameters stand in the conditions themselves, not in a CTE, so that the planner sees them. The
// box is earth_box() without its domain, a check that row-level security would not trust an index
// with.
constexpr Statement kFind{
    "find_ambassadors",
    "WITH matched AS (SELECT a.id, a.sort_name, CASE WHEN $6::float8 IS NULL THEN 0 ELSE "
    "earth_distance(a.location, earth_point($6, $7::float8)) END AS distance "
    R"sql(
      FROM ambassadors a
      WHERE a.published
        AND (numnode(websearch_to_tsquery('french_folded', $1)) = 0
             OR a.words @@ websearch_to_tsquery('french_folded', $1)
             OR (folded($1) <<% a.names
                 AND NOT EXISTS (SELECT FROM ambassadors b WHERE b.published
                                 AND b.words @@ websearch_to_tsquery('french_folded', $1))))
        AND (cardinality($2::text[]) = 0 OR a.department = ANY ($2))
        AND (cardinality($3::text[]) = 0 OR a.rome_codes && $3)
        AND (cardinality($4::text[]) = 0 OR a.sectors && $4)
        AND (cardinality($5::text[]) = 0 OR a.formats && $5)
        AND ($6::float8 IS NULL
             OR (a.location <@ cube_enlarge(earth_point($6, $7), gc_to_sec($8::float8), 3)
                 AND earth_distance(a.location, earth_point($6, $7)) <= $8))
        AND (cardinality($9::text[]) = 0 OR a.siret = ANY ($9))),
    page AS (
      SELECT * FROM matched
      WHERE $12::uuid IS NULL OR (distance, sort_name, id) > ($10::float8, $11::text, $12::uuid)
      ORDER BY distance, sort_name, id
      LIMIT $13)
    SELECT least((SELECT count(*) FROM matched), $14::bigint) AS total, page.distance,
           page.sort_name, )sql" AMBASSADOR_COLUMNS ", " NEXT_SESSION_OF_A("$15::bigint") R"sql(
    FROM (VALUES (true)) AS one
    LEFT JOIN page ON true
    LEFT JOIN ambassadors a ON a.id = page.id
    ORDER BY page.distance, page.sort_name, page.id)sql"};

absl::StatusOr<SearchPage> ProfileStore::Find(absl::Time deadline, absl::Time now,
                                              const Search& search,
                                              const std::optional<SearchPosition>& after,
                                              int limit) const {
  std::optional<double> radius;
  if (search.radius_km.has_value()) {
    radius = std::max(*search.radius_km * kMetresPerKilometre, kLeastRadiusMetres);
  }
  std::optional<std::string> distance, sort_name, id;
  if (after.has_value()) {
    distance = after->distance;
    sort_name = after->sort_name;
    id = after->id;
  }
  const auto rows = database_->Query(
      deadline, kFind, search.query, search.departments, search.professions, search.sectors,
      search.formats, Degrees(search.latitude), Degrees(search.longitude), radius, search.companies,
      distance, sort_name, id, limit + 1, kMostCounted, ToMicros(now));
  if (!rows.ok()) return rows.status();
  SearchPage page;
  for (const pqxx::row& row : *rows) {
    page.total_size = row["total"].as<int>();
    if (row["id"].is_null()) break;
    page.has_more = static_cast<int>(page.found.size()) == limit;
    if (page.has_more) break;
    Found found{.profile = ReadProfile(row),
                .position = {Text(row, "distance"), Text(row, "sort_name"), Text(row, "id")}};
    if (search.IsAroundPoint()) {
      found.distance_km = row["distance"].as<double>() / kMetresPerKilometre;
    }
    page.found.push_back(std::move(found));
  }
  return page;
}

constexpr Statement kGet{
    "get_ambassador",
    "SELECT " AMBASSADOR_COLUMNS ", " NEXT_SESSION_OF_A(
        "$2::bigint") " FROM ambassadors a WHERE a.id = $1::uuid AND a.published"};

absl::StatusOr<Profile> ProfileStore::Get(absl::Time deadline, absl::Time now,
                                          const std::string& id) const {
  const auto rows = database_->Query(deadline, kGet, id, ToMicros(now));
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return Unknown(id);
  return ReadProfile(rows->front());
}

constexpr Statement kGetMany{
    "get_ambassadors", "SELECT " AMBASSADOR_COLUMNS ", " NEXT_SESSION_OF_A(
                           "$2::bigint") " FROM ambassadors a WHERE a.id = ANY ($1::uuid[]) "
                                         "AND a.published ORDER BY a.id"};

absl::StatusOr<std::vector<Profile>> ProfileStore::GetMany(
    absl::Time deadline, absl::Time now, const std::vector<std::string>& ids) const {
  const auto rows = database_->Query(deadline, kGetMany, ids, ToMicros(now));
  if (!rows.ok()) return rows.status();
  std::vector<Profile> profiles;
  for (const pqxx::row& row : *rows) profiles.push_back(ReadProfile(row));
  return profiles;
}

// One row with no session tells a known ambassador without sessions from an unknown one.
constexpr Statement kListSessions{"list_sessions", "SELECT " SESSION_COLUMNS R"sql(
    FROM ambassadors a
    LEFT JOIN LATERAL (
      SELECT * FROM sessions
      WHERE ambassador = a.id AND start_time >= dm_time($2::bigint) AND cancel_time IS NULL
        AND ($3::bigint IS NULL OR start_time < dm_time($3))
        AND ($5::uuid IS NULL OR (start_time, id) > (dm_time($4::bigint), $5))
      ORDER BY start_time, id
      LIMIT $6) s ON true
    WHERE a.id = $1::uuid AND a.published
    ORDER BY s.start_time, s.id)sql"};

absl::StatusOr<SessionPage> ProfileStore::ListSessions(absl::Time deadline,
                                                       const std::string& ambassador_id,
                                                       const TimeRange& range,
                                                       const std::optional<SessionPosition>& after,
                                                       int limit) const {
  std::optional<int64_t> start;
  std::optional<std::string> id;
  if (after.has_value()) {
    start = after->start_micros;
    id = after->id;
  }
  const auto rows = database_->Query(deadline, kListSessions, ambassador_id, ToMicros(range.from),
                                     MicrosOrNone(range.to), start, id, limit + 1);
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return Unknown(ambassador_id);
  SessionPage page;
  for (const pqxx::row& row : *rows) {
    if (row["session_id"].is_null()) break;
    page.has_more = static_cast<int>(page.sessions.size()) == limit;
    if (page.has_more) break;
    page.sessions.push_back(ReadSession(row));
  }
  return page;
}

}  // namespace dm::ambassador::store
