#include "absl/strings/str_cat.h"
#include "common/time/clock.h"
#include "services/catalogue/domain/words.h"
#include "services/catalogue/store/derived_columns.h"
#include "services/catalogue/store/imports.h"
#include "services/catalogue/store/offer_writes.h"
#include "services/catalogue/store/reference_sources.h"

#include <pqxx/stream_to>

#include <optional>
#include <string>
#include <tuple>
#include <utility>

namespace dm::catalogue {
namespace {

using database::Statement;

constexpr Statement kIncoming{"incoming_establishments", R"sql(
CREATE TEMPORARY TABLE incoming_establishments (
  siret text PRIMARY KEY, display_name text NOT NULL, naf_nomenclature text NOT NULL,
  naf_code text NOT NULL, naf25_code text NOT NULL, street text NOT NULL,
  postal_code text NOT NULL, commune_code text NOT NULL, workforce text NOT NULL,
  closed boolean NOT NULL, hidden boolean NOT NULL, closed_time bigint, sort_key text COLLATE "C" NOT NULL,
  folded_name text NOT NULL) ON COMMIT DROP
)sql"};

constexpr Statement kAnalyze{"analyze_incoming_establishments", "ANALYZE incoming_establishments"};

// The rows that are of use: of companies that are known, or that are open and have a name. The
// others are the rest of a stock that is far larger than what we know. Of what is hidden nothing
// but its closing came; it stays where it is.
constexpr Statement kRelevant{"relevant_establishments", R"sql(
CREATE TEMPORARY TABLE relevant_establishments ON COMMIT DROP AS
SELECT i.siret, i.display_name, i.sort_key, i.folded_name, i.naf_nomenclature, i.naf_code,
       i.naf25_code, i.workforce, i.closed, i.closed_time, a.street, a.postal_code,
       a.commune_code, m.department, t.siret IS NULL AS is_new
FROM incoming_establishments i
LEFT JOIN companies t USING (siret)
CROSS JOIN LATERAL (
  SELECT CASE WHEN i.hidden THEN t.street ELSE i.street END,
         CASE WHEN i.hidden THEN t.postal_code ELSE i.postal_code END,
         CASE WHEN i.hidden THEN t.commune_code ELSE i.commune_code END
) AS a (street, postal_code, commune_code)
JOIN communes m ON m.code = a.commune_code
WHERE (t.siret IS NOT NULL OR (NOT i.closed AND i.display_name <> ''))
  AND ($1::text[] IS NULL
       OR m.department = ANY ($1::text[])
          AND (t.siret IS NULL OR t.department = ANY ($1::text[])))
)sql"};

constexpr Statement kLeftOut{"establishments_left_out", R"sql(
SELECT count(*) FILTER (WHERE m.code IS NULL AND NOT i.hidden) AS nowhere,
       count(*) FILTER (WHERE m.code IS NOT NULL AND NOT i.closed AND i.display_name = ''
                              AND NOT EXISTS (SELECT FROM companies t WHERE t.siret = i.siret))
         AS nameless
FROM incoming_establishments i LEFT JOIN communes m ON m.code = i.commune_code
)sql"};

// Name, description, sectors and website of a company that is known are its agency's to say. A
// code of NAF rev. 2 stays beside one of NAF 2025: the chamber follows from it.
constexpr Statement kDiff{"diff_establishments", R"sql(
WITH fresh AS MATERIALIZED (
  SELECT i.siret, i.display_name, i.street, i.postal_code, i.commune_code, i.sort_key,
         i.folded_name, i.department, i.is_new, i.closed, t.closed_time IS NOT NULL AS was_closed,
         k.keeps, CASE WHEN k.keeps THEN t.naf_code ELSE i.naf_code END AS naf_code,
         CASE WHEN k.keeps THEN t.naf_nomenclature
              ELSE coalesce(nullif(i.naf_nomenclature, ''), 'NAFRev2') END AS naf_nomenclature,
         coalesce(nullif(i.naf25_code, ''), t.naf25_code, '') AS naf25_code,
         coalesce(nullif(i.workforce, ''), t.workforce, '') AS workforce,
         CASE WHEN i.closed THEN coalesce(dm_time(i.closed_time), t.closed_time, dm_time($1)) END
           AS closed_time
  FROM relevant_establishments i
  LEFT JOIN companies t USING (siret)
  CROSS JOIN LATERAL (
    SELECT t.siret IS NOT NULL
           AND (i.naf_code = '' OR i.naf_nomenclature = 'NAF2025'
                                   AND t.naf_nomenclature = 'NAFRev2' AND t.naf_code <> '')
  ) AS k (keeps)
), diff AS MATERIALIZED (
  SELECT f.*,
         (t.naf_code, t.naf_nomenclature, t.naf25_code, t.street, t.postal_code, t.commune_code,
          t.department, t.workforce, t.closed_time)
         IS DISTINCT FROM
         (f.naf_code, f.naf_nomenclature, f.naf25_code, f.street, f.postal_code, f.commune_code,
          f.department, f.workforce, f.closed_time) AS differs,
         (t.naf_code, t.naf_nomenclature, t.street, t.postal_code, t.commune_code)
         IS DISTINCT FROM
         (f.naf_code, f.naf_nomenclature, f.street, f.postal_code, f.commune_code) AS announced
  FROM fresh f LEFT JOIN companies t USING (siret)
), added AS (
  INSERT INTO companies (siret, display_name, description, naf_code, naf_nomenclature, naf25_code,
                         sectors, street, postal_code, commune_code, website, demonstration,
                         workforce, sort_key, folded_name, folded_description, department)
  SELECT siret, display_name, '', naf_code, naf_nomenclature, naf25_code, '{}', street,
         postal_code, commune_code, '', false, workforce, sort_key, folded_name, '', department
  FROM diff WHERE is_new
), changed AS (
  UPDATE companies t
  SET naf_code = d.naf_code, naf_nomenclature = d.naf_nomenclature, naf25_code = d.naf25_code,
      street = d.street, postal_code = d.postal_code, commune_code = d.commune_code,
      department = d.department, workforce = d.workforce, closed_time = d.closed_time,
      version = t.version + 1
  FROM diff d WHERE t.siret = d.siret AND d.differs AND NOT d.is_new
)
SELECT count(*) AS read, count(*) FILTER (WHERE is_new) AS added,
       count(*) FILTER (WHERE differs AND NOT is_new) AS changed, 0 AS moved,
       count(*) FILTER (WHERE closed AND NOT was_closed AND NOT is_new) AS vanished,
       count(*) FILTER (WHERE naf_code <> '' AND naf_nomenclature = 'NAF2025') AS only_2025,
       coalesce(array_agg(siret) FILTER (WHERE differs AND NOT is_new), '{}') AS changed_sirets,
       coalesce(array_agg(siret) FILTER (WHERE announced AND NOT is_new), '{}') AS announced_sirets
FROM diff
)sql"};

// Closed companies that still show something, whoever published it.
constexpr Statement kStillShown{"closed_companies_shown", R"sql(
SELECT DISTINCT o.siret FROM relevant_establishments i JOIN offers o USING (siret)
WHERE i.closed AND o.published ORDER BY o.siret
)sql"};

void Copy(ImportSteps& import, const SireneStock& stock) {
  import.transaction().Exec(kIncoming);
  pqxx::stream_to rows(import.transaction().raw(), "incoming_establishments");
  int64_t done = 0;
  for (const EstablishmentRow& row : stock.establishments) {
    std::optional<int64_t> closed_time;
    if (row.closed && row.since.has_value()) {
      closed_time = database::ToMicros(absl::FromCivil(*row.since, ParisTimeZone()));
    }
    rows << std::make_tuple(row.siret, row.display_name, row.naf_nomenclature, row.naf_code,
                            row.naf25_code, row.street, row.postal_code, row.commune_code,
                            row.workforce, row.closed, row.hidden, closed_time,
                            PlainText(row.display_name), FoldWords(row.display_name));
    if (++done % 1000 == 0) import.Done(done);
  }
  rows.complete();
  import.transaction().Exec(kAnalyze);
}

void WarnOfLeftOut(ImportSteps& import, const pqxx::row& left_out, int64_t only_2025) {
  const auto warn = [&import](int64_t rows, absl::string_view what) {
    if (rows > 0) import.outcome().warnings.push_back(absl::StrCat(rows, what));
  };
  warn(left_out["nowhere"].as<int64_t>(),
       " établissement(s) dans une commune inconnue, laissé(s) de côté");
  warn(left_out["nameless"].as<int64_t>(),
       " établissement(s) sans nom commercial ni dénomination, laissé(s) de côté");
  warn(only_2025,
       " entreprise(s) sans code de la NAF rév. 2 : elles sont tenues pour relever de la CCI");
}

// Those that closed show nothing any more; what is told of the others is told as it now is.
absl::Status Follow(ImportSteps& import, const pqxx::row& diff) {
  auto& transaction = import.transaction();
  const std::string changed = diff["changed_sirets"].c_str();
  RefreshOffersOf(transaction, changed);
  OfferWrites writes(&transaction, import.run().now);
  for (const pqxx::row& row : transaction.Exec(kStillShown)) {
    if (absl::Status status = writes.SuspendAll(row["siret"].c_str(), OfferStep::kCompanyClosed);
        !status.ok()) {
      return status;
    }
  }
  writes.sessions().Touch("{}", diff["announced_sirets"].c_str());
  import.TouchOffers(OffersOf(transaction, changed));
  import.Announce("offers/-");
  if (writes.empty()) {
    import.Announce(writes.sessions());
    return absl::OkStatus();
  }
  for (events::NewEvent& event : writes.Finish()) import.events().push_back(std::move(event));
  return absl::OkStatus();
}

absl::Status Steps(ImportSteps& import, const SireneStock& stock) {
  auto& transaction = import.transaction();
  if (absl::Status status = import.Stage("Lecture des établissements", stock.rows); !status.ok()) {
    return status;
  }
  Copy(import, stock);
  const pqxx::result left_out = transaction.Exec(kLeftOut);
  transaction.Exec(kRelevant, import.run().territory);
  if (absl::Status status = import.Stage("Comparaison des établissements", stock.rows);
      !status.ok()) {
    return status;
  }
  const pqxx::result diff = transaction.Exec(kDiff, database::ToMicros(import.run().now));
  const TableCounts counts = import.Count("companies", diff);
  import.outcome().tables["companies"].read = stock.rows;
  WarnOfLeftOut(import, left_out[0], diff[0]["only_2025"].as<int64_t>());
  RecordSource(import, "companies", stock.published, counts.any());
  if (counts.any()) {
    import.TouchWords();
    import.Announce("companies/-");
  }
  return Follow(import, diff[0]);
}

}  // namespace

absl::StatusOr<ImportOutcome> ImportSirene(database::Database& database, const SireneStock& stock,
                                           const ImportRun& run) {
  return RunImport(database, run, [&stock](ImportSteps& import) { return Steps(import, stock); });
}

}  // namespace dm::catalogue
