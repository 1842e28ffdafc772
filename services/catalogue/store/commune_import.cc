#include "absl/strings/str_join.h"
#include "services/catalogue/domain/words.h"
#include "services/catalogue/store/derived_columns.h"
#include "services/catalogue/store/imports.h"
#include "services/catalogue/store/session_events.h"

#include <pqxx/stream_to>

#include <tuple>

namespace dm::catalogue {
namespace {

using database::Statement;

constexpr Statement kIncoming{"incoming_communes", R"sql(
CREATE TEMPORARY TABLE incoming_communes (
  code text PRIMARY KEY, name text NOT NULL, department text NOT NULL, postal_codes text NOT NULL,
  population integer NOT NULL, latitude double precision NOT NULL,
  longitude double precision NOT NULL, sort_key text COLLATE "C" NOT NULL) ON COMMIT DROP
)sql"};

constexpr Statement kAnalyze{"analyze_incoming_communes", "ANALYZE incoming_communes"};

// The file is all that there is of the départements in it, and says nothing of others.
constexpr Statement kDiff{"diff_communes", R"sql(
WITH diff AS MATERIALIZED (
  SELECT i.code, i.name, i.department, string_to_array(i.postal_codes, '|') AS postal_codes,
         i.population, i.latitude, i.longitude, i.sort_key, t.code IS NULL AS is_new,
         (t.name, t.department, t.postal_codes, t.population, t.latitude, t.longitude, t.sort_key,
          t.source, t.obsolete)
         IS DISTINCT FROM
         (i.name, i.department, string_to_array(i.postal_codes, '|'), i.population, i.latitude,
          i.longitude, i.sort_key, 'COG', false) AS differs
  FROM incoming_communes i LEFT JOIN communes t USING (code)
), added AS (
  INSERT INTO communes (code, name, department, postal_codes, population, latitude, longitude,
                        sort_key, source)
  SELECT code, name, department, postal_codes, population, latitude, longitude, sort_key, 'COG'
  FROM diff WHERE is_new
), changed AS (
  UPDATE communes t
  SET name = d.name, department = d.department, postal_codes = d.postal_codes,
      population = d.population, latitude = d.latitude, longitude = d.longitude,
      sort_key = d.sort_key, source = 'COG', obsolete = false
  FROM diff d WHERE t.code = d.code AND d.differs AND NOT d.is_new
), vanished AS (
  UPDATE communes t SET obsolete = true
  WHERE NOT obsolete AND t.department IN (SELECT department FROM incoming_communes)
    AND NOT EXISTS (SELECT FROM incoming_communes i WHERE i.code = t.code)
  RETURNING 1
)
SELECT count(*) AS read, count(*) FILTER (WHERE is_new) AS added,
       count(*) FILTER (WHERE differs AND NOT is_new) AS changed, 0 AS moved,
       (SELECT count(*) FROM vanished) AS vanished,
       coalesce(array_agg(code) FILTER (WHERE differs AND NOT is_new), '{}') AS codes
FROM diff
)sql"};

// The companies whose place, or a site of whose, reads or lies otherwise than before.
constexpr Statement kMoveCompanies{"companies_of_changed_communes", R"sql(
WITH moved AS (
  UPDATE companies c SET department = m.department
  FROM communes m WHERE m.code = c.commune_code AND m.code = ANY ($1::text[])
  RETURNING c.siret
)
SELECT coalesce(array_agg(siret), '{}') AS sirets, count(*) AS companies
FROM (SELECT siret FROM moved
      UNION SELECT siret FROM sites WHERE commune_code = ANY ($1::text[])) AS touched
)sql"};

absl::Status Steps(ImportSteps& import, const std::vector<CommuneRow>& rows) {
  auto& transaction = import.transaction();
  if (absl::Status status = import.Stage("Lecture des communes", static_cast<int64_t>(rows.size()));
      !status.ok()) {
    return status;
  }
  transaction.Exec(kIncoming);
  pqxx::stream_to communes(transaction.raw(), "incoming_communes");
  for (const CommuneRow& row : rows) {
    communes << std::make_tuple(row.code, row.name, row.department,
                                absl::StrJoin(row.postal_codes, "|"), row.population, row.latitude,
                                row.longitude, PlainText(row.name));
  }
  communes.complete();
  transaction.Exec(kAnalyze);
  const pqxx::result diff = transaction.Exec(kDiff);
  const TableCounts& counts = import.Count("communes", diff);
  if (counts.any()) import.TouchWords();
  if (counts.changed == 0) return absl::OkStatus();
  const pqxx::result moved = transaction.Exec(kMoveCompanies, diff[0]["codes"].c_str());
  if (moved[0]["companies"].as<int64_t>() == 0) return absl::OkStatus();
  const std::string sirets = moved[0]["sirets"].c_str();
  RefreshOffersOf(transaction, sirets);
  import.TouchOffers(OffersOf(transaction, sirets));
  SessionEvents sessions(&transaction, import.run().now);
  sessions.Touch("{}", sirets);
  import.Announce(sessions);
  import.Announce("companies/-");
  import.Announce("offers/-");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ImportOutcome> ImportCommunes(database::Database& database,
                                             const std::vector<CommuneRow>& rows,
                                             const ImportRun& run) {
  return RunImport(database, run, [&rows](ImportSteps& import) { return Steps(import, rows); });
}

}  // namespace dm::catalogue
