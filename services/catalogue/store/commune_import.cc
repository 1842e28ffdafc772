#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/catalogue/domain/words.h"
#include "services/catalogue/store/derived_columns.h"
#include "services/catalogue/store/imports.h"
#include "services/catalogue/store/reference_sources.h"
#include "services/catalogue/store/session_events.h"

#include <pqxx/stream_to>

#include <optional>
#include <string>
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

constexpr Statement kIncomingPostal{"incoming_postal_communes", R"sql(
CREATE TEMPORARY TABLE incoming_postal_communes (
  file integer NOT NULL, line integer NOT NULL, code text PRIMARY KEY, name text NOT NULL,
  department text NOT NULL, postal_codes text NOT NULL, latitude double precision,
  longitude double precision, sort_key text COLLATE "C" NOT NULL) ON COMMIT DROP
)sql"};

constexpr Statement kAnalyzePostal{"analyze_incoming_postal_communes",
                                   "ANALYZE incoming_postal_communes"};

// Nothing can be near a place that is nowhere.
constexpr Statement kNowhere{"postal_communes_nowhere", R"sql(
SELECT file, line, code FROM incoming_postal_communes i
WHERE latitude IS NULL AND NOT EXISTS (SELECT FROM communes t WHERE t.code = i.code)
ORDER BY file, line
)sql"};

// What INSEE says of a commune stays. A commune that INSEE does not have where it has four in five
// of a département's is one of the past: merged, but still the address of somebody.
constexpr Statement kDiffPostal{"diff_postal_communes", R"sql(
WITH covered AS (
  SELECT i.department
  FROM (SELECT department, count(*) AS communes FROM incoming_postal_communes GROUP BY department)
    AS i
  JOIN (SELECT department, count(*) AS communes FROM communes
        WHERE source = 'COG' AND NOT obsolete GROUP BY department) AS t USING (department)
  WHERE t.communes * 5 >= i.communes * 4
), diff AS MATERIALIZED (
  SELECT i.code, i.name, i.department, i.sort_key, coalesce(i.latitude, t.latitude) AS latitude,
         coalesce(i.longitude, t.longitude) AS longitude, c.codes AS postal_codes,
         EXISTS (SELECT FROM covered v WHERE v.department = i.department) AS past,
         t.code IS NULL AS is_new,
         t.code IS NULL
         OR t.source = 'LAPOSTE'
            AND (t.name, t.department, t.postal_codes, t.latitude, t.longitude, t.sort_key)
                IS DISTINCT FROM
                (i.name, i.department, c.codes, coalesce(i.latitude, t.latitude),
                 coalesce(i.longitude, t.longitude), i.sort_key) AS differs
  FROM incoming_postal_communes i
  LEFT JOIN communes t USING (code)
  CROSS JOIN LATERAL (
    SELECT array_agg(DISTINCT p ORDER BY p) AS codes
    FROM unnest(coalesce(t.postal_codes, '{}') || string_to_array(i.postal_codes, '|')) AS p
  ) AS c
  WHERE t.code IS NOT NULL OR i.latitude IS NOT NULL
), added AS (
  INSERT INTO communes (code, name, department, postal_codes, population, latitude, longitude,
                        sort_key, source, obsolete)
  SELECT code, name, department, postal_codes, 0, latitude, longitude, sort_key, 'LAPOSTE', past
  FROM diff WHERE is_new
), changed AS (
  UPDATE communes t
  SET name = d.name, department = d.department, postal_codes = d.postal_codes,
      latitude = d.latitude, longitude = d.longitude, sort_key = d.sort_key
  FROM diff d WHERE t.code = d.code AND d.differs AND NOT d.is_new
)
SELECT count(*) AS read, count(*) FILTER (WHERE is_new) AS added,
       count(*) FILTER (WHERE differs AND NOT is_new) AS changed, 0 AS moved, 0 AS vanished,
       coalesce(array_agg(code) FILTER (WHERE differs AND NOT is_new), '{}') AS codes
FROM diff
)sql"};

// The companies whose place, or a site of whose, reads or lies otherwise than before.
constexpr Statement kMoveCompanies{"companies_of_changed_communes", R"sql(
WITH moved AS (
  UPDATE companies c SET department = m.department
  FROM communes m WHERE m.code = c.commune_code AND m.code = ANY ($1::text[] || $2::text[])
  RETURNING c.siret
)
SELECT coalesce(array_agg(siret), '{}') AS sirets, count(*) AS companies
FROM (SELECT siret FROM moved
      UNION SELECT siret FROM sites WHERE commune_code = ANY ($1::text[] || $2::text[])) AS touched
)sql"};

// Companies in communes of these codes lie, or are shown, elsewhere than before.
void MoveCompanies(ImportSteps& import, const std::string& codes, const std::string& postal) {
  auto& transaction = import.transaction();
  const pqxx::result moved = transaction.Exec(kMoveCompanies, codes, postal);
  if (moved[0]["companies"].as<int64_t>() == 0) return;
  const std::string sirets = moved[0]["sirets"].c_str();
  RefreshOffersOf(transaction, sirets);
  import.TouchOffers(OffersOf(transaction, sirets));
  SessionEvents sessions(&transaction, import.run().now);
  sessions.Touch("{}", sirets);
  import.Announce(sessions);
  import.Announce("companies/-");
  import.Announce("offers/-");
}

// Both give the codes of the communes that changed, as PostgreSQL writes an array.
std::string Compare(ImportSteps& import, const std::vector<CommuneRow>& rows) {
  auto& transaction = import.transaction();
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
  const bool changed = import.Count("communes", diff).any();
  RecordSource(import, "communes", std::nullopt, changed);
  if (changed) import.TouchWords();
  return diff[0]["codes"].c_str();
}

std::string ComparePostal(ImportSteps& import, const CommuneLists& lists) {
  auto& transaction = import.transaction();
  transaction.Exec(kIncomingPostal);
  pqxx::stream_to communes(transaction.raw(), "incoming_postal_communes");
  int64_t done = 0;
  for (const PostalCommuneRow& row : lists.postal) {
    std::optional<double> latitude;
    std::optional<double> longitude;
    if (row.point.has_value()) {
      latitude = row.point->latitude;
      longitude = row.point->longitude;
    }
    communes << std::make_tuple(row.origin.file, row.origin.line, row.code, row.name,
                                row.department, absl::StrJoin(row.postal_codes, "|"), latitude,
                                longitude, PlainText(row.name));
    if (++done % 1000 == 0) import.Done(done);
  }
  communes.complete();
  transaction.Exec(kAnalyzePostal);
  for (const pqxx::row& row : transaction.Exec(kNowhere)) {
    import.Warn(
        {row["file"].as<size_t>(), row["line"].as<int>()},
        absl::StrCat("la commune ", row["code"].c_str(), " n'est pas située, laissée de côté"));
  }
  const pqxx::result diff = transaction.Exec(kDiffPostal);
  const bool changed = import.Count("postal_codes", diff).any();
  import.outcome().tables["postal_codes"].read = lists.postal_rows;
  RecordSource(import, "postal-codes", std::nullopt, changed);
  if (changed) import.TouchWords();
  return diff[0]["codes"].c_str();
}

absl::Status Steps(ImportSteps& import, const CommuneLists& lists) {
  std::string changed = "{}";
  std::string changed_postal = "{}";
  if (!lists.communes.empty()) {
    const auto rows = static_cast<int64_t>(lists.communes.size());
    if (absl::Status status = import.Stage("Lecture des communes", rows); !status.ok()) {
      return status;
    }
    changed = Compare(import, lists.communes);
  }
  if (!lists.postal.empty()) {
    if (absl::Status status =
            import.Stage("Lecture des codes postaux", static_cast<int64_t>(lists.postal.size()));
        !status.ok()) {
      return status;
    }
    changed_postal = ComparePostal(import, lists);
  }
  MoveCompanies(import, changed, changed_postal);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ImportOutcome> ImportCommunes(database::Database& database,
                                             const CommuneLists& lists, const ImportRun& run) {
  return RunImport(database, run, [&lists](ImportSteps& import) { return Steps(import, lists); });
}

}  // namespace dm::catalogue
