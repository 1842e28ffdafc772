#include "services/ambassador/store/listing_store.h"

#include "absl/strings/str_join.h"
#include "common/text/uuid.h"
#include "services/ambassador/store/rows.h"

#include <optional>

namespace dm::ambassador::store {
namespace {

using database::Statement;
using database::ToMicros;

Written ReadWritten(const pqxx::result& rows) {
  Written written;
  for (const pqxx::row& row : rows) {
    (row["added"].as<bool>() ? written.added : written.changed).push_back(Text(row, "id"));
  }
  return written;
}

std::vector<std::string> Ids(const pqxx::result& rows) {
  std::vector<std::string> ids;
  for (const pqxx::row& row : rows) ids.push_back(Text(row, "id"));
  return ids;
}

// One value of every row, for a column of unnest().
template <typename Row, typename Get>
auto Column(const std::vector<Row>& rows, Get get) {
  std::vector<std::decay_t<decltype(get(rows.front()))>> column;
  column.reserve(rows.size());
  for (const Row& row : rows) column.push_back(get(row));
  return column;
}

auto ListColumn(const std::vector<Ambassador>& rows, std::vector<std::string> Ambassador::*list) {
  return Column(rows, [list](const Ambassador& row) { return absl::StrJoin(row.*list, "|"); });
}

auto TextColumn(const std::vector<Ambassador>& rows, std::string Ambassador::*text) {
  return Column(rows, [text](const Ambassador& row) { return row.*text; });
}

auto PlaceColumn(const std::vector<Ambassador>& rows, std::string Place::*text) {
  return Column(rows, [text](const Ambassador& row) { return row.place.*text; });
}

}  // namespace

constexpr Statement kDepartmentsOf{
    "departments_of", "SELECT id, department FROM ambassadors WHERE id = ANY ($1::uuid[])"};

std::map<std::string, std::string> DepartmentsOf(database::Transaction& transaction,
                                                 const std::vector<std::string>& ambassador_ids) {
  std::map<std::string, std::string> departments;
  for (const pqxx::row& row : transaction.Exec(kDepartmentsOf, ambassador_ids)) {
    departments[Text(row, "id")] = Text(row, "department");
  }
  return departments;
}

// Locked in the order of the ids, so that two imports at once wait instead of deadlocking.
constexpr Statement kPutAmbassadors{"put_ambassadors", R"sql(
    INSERT INTO ambassadors AS a (id, display_name, job_title, siret, company_display_name,
      rome_codes, sectors, presentation, formats, audiences, street, postal_code, commune,
      commune_code, department, latitude, longitude, demonstration)
    SELECT id, display_name, job_title, nullif(siret, ''), company, string_to_array(rome_codes, '|'),
           string_to_array(sectors, '|'), presentation, string_to_array(formats, '|'),
           string_to_array(audiences, '|'), street, postal_code, commune, commune_code, department,
           latitude, longitude, demonstration
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[],
                $14::text[], $15::text[], $16::float8[], $17::float8[], $18::bool[])
      AS listed (id, display_name, job_title, siret, company, rome_codes, sectors, presentation,
                 formats, audiences, street, postal_code, commune, commune_code, department,
                 latitude, longitude, demonstration)
    ORDER BY id
    ON CONFLICT ON CONSTRAINT ambassadors_key DO UPDATE SET
      (display_name, job_title, siret, company_display_name, rome_codes, sectors, presentation,
       formats, audiences, street, postal_code, commune, commune_code, department, latitude,
       longitude, demonstration) =
      (excluded.display_name, excluded.job_title, excluded.siret, excluded.company_display_name,
       excluded.rome_codes, excluded.sectors, excluded.presentation, excluded.formats,
       excluded.audiences, excluded.street, excluded.postal_code, excluded.commune,
       excluded.commune_code, excluded.department, excluded.latitude, excluded.longitude,
       excluded.demonstration)
    WHERE a.erased IS NULL
      AND (a.display_name, a.job_title, a.siret, a.company_display_name, a.rome_codes, a.sectors,
           a.presentation, a.formats, a.audiences, a.street, a.postal_code, a.commune,
           a.commune_code, a.department, a.latitude, a.longitude, a.demonstration)
      IS DISTINCT FROM
      (excluded.display_name, excluded.job_title, excluded.siret, excluded.company_display_name,
       excluded.rome_codes, excluded.sectors, excluded.presentation, excluded.formats,
       excluded.audiences, excluded.street, excluded.postal_code, excluded.commune,
       excluded.commune_code, excluded.department, excluded.latitude, excluded.longitude,
       excluded.demonstration)
    RETURNING a.id, a.xmax = 0 AS added)sql"};

Written PutAmbassadors(database::Transaction& transaction,
                       const std::vector<Ambassador>& ambassadors) {
  const auto& rows = ambassadors;
  return ReadWritten(transaction.Exec(
      kPutAmbassadors, TextColumn(rows, &Ambassador::id),
      TextColumn(rows, &Ambassador::display_name), TextColumn(rows, &Ambassador::job_title),
      TextColumn(rows, &Ambassador::siret), TextColumn(rows, &Ambassador::company_display_name),
      ListColumn(rows, &Ambassador::rome_codes), ListColumn(rows, &Ambassador::sectors),
      TextColumn(rows, &Ambassador::presentation), ListColumn(rows, &Ambassador::formats),
      ListColumn(rows, &Ambassador::audiences), PlaceColumn(rows, &Place::street),
      PlaceColumn(rows, &Place::postal_code), PlaceColumn(rows, &Place::commune),
      PlaceColumn(rows, &Place::commune_code), PlaceColumn(rows, &Place::department),
      Column(rows, [](const Ambassador& row) { return row.place.latitude; }),
      Column(rows, [](const Ambassador& row) { return row.place.longitude; }),
      Column(rows, [](const Ambassador& row) { return row.demonstration; })));
}

// What was cancelled stays as it is, and who was erased has no meetings.
constexpr Statement kPutSessions{"put_sessions", R"sql(
    INSERT INTO sessions AS s
      (id, ambassador, start_time, end_time, capacity, format, instant_confirmation)
    SELECT id, ambassador, dm_time(start_micros), dm_time(end_micros), capacity, format, instant
    FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::int[], $6::text[],
                $7::bool[])
      AS listed (id, ambassador, start_micros, end_micros, capacity, format, instant)
    WHERE NOT EXISTS (
      SELECT FROM ambassadors a WHERE a.id = listed.ambassador AND a.erased IS NOT NULL)
    ORDER BY ambassador, start_micros
    ON CONFLICT ON CONSTRAINT sessions_one_per_start DO UPDATE SET
      end_time = excluded.end_time, capacity = excluded.capacity, format = excluded.format,
      instant_confirmation = excluded.instant_confirmation, version = s.version + 1
    WHERE s.cancel_time IS NULL
      AND (s.end_time, s.capacity, s.format, s.instant_confirmation) IS DISTINCT FROM
        (excluded.end_time, excluded.capacity, excluded.format, excluded.instant_confirmation)
    RETURNING s.id, s.xmax = 0 AS added)sql"};

Written PutSessions(database::Transaction& transaction, const std::vector<Session>& sessions,
                    absl::Time now) {
  return ReadWritten(transaction.Exec(
      kPutSessions, Column(sessions, [now](const Session&) { return NewUuid(now); }),
      Column(sessions, [](const Session& row) { return row.ambassador_id; }),
      Column(sessions, [](const Session& row) { return ToMicros(row.start_time); }),
      Column(sessions, [](const Session& row) { return ToMicros(row.end_time); }),
      Column(sessions, [](const Session& row) { return row.capacity; }),
      Column(sessions, [](const Session& row) { return row.format; }),
      Column(sessions, [](const Session& row) { return row.instant_confirmation; })));
}

constexpr Statement kCancelledAmong{"cancelled_among", R"sql(
    SELECT listed.place
    FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY
      AS listed (ambassador, start_micros, place)
    JOIN sessions s ON s.ambassador = listed.ambassador
                   AND s.start_time = dm_time(listed.start_micros)
    WHERE s.cancel_time IS NOT NULL AND s.start_time > dm_time($3::bigint)
    ORDER BY listed.place)sql"};

std::vector<size_t> CancelledAmong(database::Transaction& transaction,
                                   const std::vector<Session>& sessions, absl::Time now) {
  std::vector<size_t> places;
  const pqxx::result rows = transaction.Exec(
      kCancelledAmong, Column(sessions, [](const Session& row) { return row.ambassador_id; }),
      Column(sessions, [](const Session& row) { return ToMicros(row.start_time); }), ToMicros(now));
  for (const pqxx::row& row : rows) places.push_back(row["place"].as<size_t>() - 1);
  return places;
}

constexpr Statement kRaiseVersions{"raise_versions", R"sql(
    UPDATE sessions SET version = version + 1
    WHERE id IN (SELECT id FROM sessions
                 WHERE ambassador = ANY ($1::uuid[]) AND end_time > dm_time($3::bigint)
                   AND id <> ALL ($2::uuid[]) AND cancel_time IS NULL
                 ORDER BY id FOR UPDATE)
    RETURNING id)sql"};

std::vector<std::string> RaiseVersions(database::Transaction& transaction,
                                       const std::vector<std::string>& ambassador_ids,
                                       const std::vector<std::string>& already, absl::Time now) {
  if (ambassador_ids.empty()) return {};
  return Ids(transaction.Exec(kRaiseVersions, ambassador_ids, already, ToMicros(now)));
}

constexpr Statement kLoadScheduled{"load_scheduled",
                                   "SELECT " AMBASSADOR_COLUMNS ", " SESSION_COLUMNS
                                   " FROM sessions s JOIN ambassadors a ON a.id = s.ambassador "
                                   "WHERE s.id = ANY ($1::uuid[]) ORDER BY s.start_time, s.id"};

std::vector<ScheduledSession> LoadScheduled(database::Transaction& transaction,
                                            const std::vector<std::string>& session_ids) {
  std::vector<ScheduledSession> scheduled;
  if (session_ids.empty()) return scheduled;
  for (const pqxx::row& row : transaction.Exec(kLoadScheduled, session_ids)) {
    scheduled.push_back({ReadSession(row), ReadAmbassador(row)});
  }
  return scheduled;
}

constexpr Statement kPutSeatsHeld{"put_seats_held", R"sql(
    WITH told AS (SELECT * FROM unnest($1::uuid[], $2::int[]) AS t (id, held)),
    locked AS (SELECT s.id FROM sessions s JOIN told USING (id) ORDER BY s.id FOR UPDATE OF s),
    changed AS (
      UPDATE sessions s SET held = told.held FROM told JOIN locked USING (id)
      WHERE s.id = told.id AND s.held <> told.held
      RETURNING s.ambassador)
    SELECT DISTINCT ambassador AS id FROM changed ORDER BY id)sql"};

std::vector<std::string> PutSeatsHeld(database::Transaction& transaction,
                                      const std::vector<SeatsHeld>& seats) {
  if (seats.empty()) return {};
  return Ids(transaction.Exec(kPutSeatsHeld,
                              Column(seats, [](const SeatsHeld& row) { return row.session_id; }),
                              Column(seats, [](const SeatsHeld& row) { return row.held; })));
}

}  // namespace dm::ambassador::store
