#include "absl/strings/str_cat.h"
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

constexpr Statement kIncoming{"incoming_companies", R"sql(
CREATE TEMPORARY TABLE incoming_companies (
  file integer NOT NULL, line integer NOT NULL, siret text PRIMARY KEY, display_name text NOT NULL,
  description text NOT NULL, naf_code text NOT NULL, naf_nomenclature text NOT NULL,
  sectors text NOT NULL, street text NOT NULL, postal_code text NOT NULL, commune_code text NOT NULL, website text NOT NULL,
  demonstration boolean NOT NULL, sort_key text COLLATE "C" NOT NULL, folded_name text NOT NULL,
  folded_description text NOT NULL) ON COMMIT DROP
)sql"};

constexpr Statement kAnalyze{"analyze_incoming_companies", "ANALYZE incoming_companies"};

// The first row that names what is not there, or what is not the caller's to write: where the
// company is to be, and where it is now.
constexpr Statement kFirstWrong{"first_wrong_company", R"sql(
SELECT file, line, cause FROM (
  SELECT i.file, i.line, 'la commune ' || i.commune_code || ' est inconnue' AS cause
  FROM incoming_companies i
  WHERE NOT EXISTS (SELECT FROM communes m WHERE m.code = i.commune_code)
  UNION ALL
  SELECT i.file, i.line, 'le secteur ' || s || ' est inconnu'
  FROM incoming_companies i, string_to_table(nullif(i.sectors, ''), '|') s
  WHERE NOT EXISTS (SELECT FROM sectors t WHERE t.code = s)
  UNION ALL
  SELECT i.file, i.line, 'le département ' || d.code || ' n''est pas de votre territoire'
  FROM incoming_companies i
  CROSS JOIN LATERAL (
    SELECT m.department FROM communes m WHERE m.code = i.commune_code
    UNION SELECT c.department FROM companies c WHERE c.siret = i.siret
  ) AS d (code)
  WHERE NOT d.code = ANY ($1::text[])
) AS wrong ORDER BY file, line, cause LIMIT 1
)sql"};

constexpr Statement kDiff{"diff_companies", R"sql(
WITH diff AS MATERIALIZED (
  SELECT i.*, string_to_array(i.sectors, '|') AS sector_codes, m.department,
         t.siret IS NULL AS is_new,
         (t.display_name, t.description, t.naf_code, t.naf_nomenclature, t.sectors, t.street,
          t.postal_code, t.commune_code, t.website, t.demonstration, t.sort_key, t.folded_name,
          t.folded_description, t.department)
         IS DISTINCT FROM
         (i.display_name, i.description, i.naf_code, i.naf_nomenclature,
          string_to_array(i.sectors, '|'), i.street, i.postal_code, i.commune_code, i.website,
          i.demonstration, i.sort_key, i.folded_name, i.folded_description, m.department)
           AS differs,
         (t.display_name, t.naf_code, t.street, t.postal_code, t.commune_code)
         IS DISTINCT FROM
         (i.display_name, i.naf_code, i.street, i.postal_code, i.commune_code) AS announced
  FROM incoming_companies i
  JOIN communes m ON m.code = i.commune_code
  LEFT JOIN companies t USING (siret)
), added AS (
  INSERT INTO companies (siret, display_name, description, naf_code, naf_nomenclature, sectors,
                         street, postal_code, commune_code, website, demonstration, sort_key,
                         folded_name, folded_description, department)
  SELECT siret, display_name, description, naf_code, naf_nomenclature, sector_codes, street,
         postal_code, commune_code, website, demonstration, sort_key, folded_name,
         folded_description, department
  FROM diff WHERE is_new
), changed AS (
  UPDATE companies t
  SET display_name = d.display_name, description = d.description, naf_code = d.naf_code,
      naf_nomenclature = d.naf_nomenclature, sectors = d.sector_codes, street = d.street, postal_code = d.postal_code,
      commune_code = d.commune_code, website = d.website, demonstration = d.demonstration,
      sort_key = d.sort_key, folded_name = d.folded_name,
      folded_description = d.folded_description, department = d.department,
      version = t.version + 1
  FROM diff d WHERE t.siret = d.siret AND d.differs AND NOT d.is_new
)
SELECT count(*) AS read, count(*) FILTER (WHERE is_new) AS added,
       count(*) FILTER (WHERE differs AND NOT is_new) AS changed, 0 AS moved, 0 AS vanished,
       coalesce(array_agg(siret) FILTER (WHERE differs AND NOT is_new), '{}') AS changed_sirets,
       coalesce(array_agg(siret) FILTER (WHERE announced AND NOT is_new), '{}') AS announced_sirets
FROM diff
)sql"};

void Copy(ImportSteps& import, const std::vector<CompanyRow>& rows) {
  import.transaction().Exec(kIncoming);
  pqxx::stream_to companies(import.transaction().raw(), "incoming_companies");
  for (const CompanyRow& row : rows) {
    companies << std::make_tuple(
        row.origin.file, row.origin.line, row.siret, row.display_name, row.description,
        row.naf_code, row.naf_nomenclature, absl::StrJoin(row.sectors, "|"), row.street,
        row.postal_code, row.commune_code, row.website, row.demonstration,
        PlainText(row.display_name), FoldWords(row.display_name), FoldWords(row.description));
  }
  companies.complete();
  import.transaction().Exec(kAnalyze);
}

absl::Status Steps(ImportSteps& import, const std::vector<CompanyRow>& rows) {
  auto& transaction = import.transaction();
  if (absl::Status status =
          import.Stage("Lecture des entreprises", static_cast<int64_t>(rows.size()));
      !status.ok()) {
    return status;
  }
  Copy(import, rows);
  const pqxx::result wrong = transaction.Exec(kFirstWrong, import.run().territory);
  if (!wrong.empty()) {
    return import.Refused({wrong[0]["file"].as<size_t>(), wrong[0]["line"].as<int>()},
                          wrong[0]["cause"].c_str());
  }
  const pqxx::result diff = transaction.Exec(kDiff);
  const TableCounts& counts = import.Count("companies", diff);
  if (!counts.any()) return absl::OkStatus();
  import.TouchWords();
  import.Announce("companies/-");
  if (counts.changed == 0) return absl::OkStatus();
  const std::string changed = diff[0]["changed_sirets"].c_str();
  RefreshOffersOf(transaction, changed);
  import.TouchOffers(OffersOf(transaction, changed));
  SessionEvents sessions(&transaction, import.run().now);
  sessions.Touch("{}", diff[0]["announced_sirets"].c_str());
  import.Announce(sessions);
  import.Announce("offers/-");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ImportOutcome> ImportCompanies(database::Database& database,
                                              const std::vector<CompanyRow>& rows,
                                              const ImportRun& run) {
  return RunImport(database, run, [&rows](ImportSteps& import) { return Steps(import, rows); });
}

}  // namespace dm::catalogue
