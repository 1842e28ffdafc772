#include "services/catalogue/store/imports.h"
#include "services/catalogue/store/reference_sources.h"

#include <pqxx/stream_to>

#include <tuple>

namespace dm::catalogue {
namespace {

using database::Statement;

constexpr Statement kIncoming{"incoming_naf_codes", R"sql(
CREATE TEMPORARY TABLE incoming_naf_codes (
  code text PRIMARY KEY, label text NOT NULL, level smallint NOT NULL, parent_code text NOT NULL)
ON COMMIT DROP
)sql"};

constexpr Statement kAnalyze{"analyze_incoming_naf_codes", "ANALYZE incoming_naf_codes"};

// Whether all that came is what another nomenclature has: sub-classes were never all the same.
constexpr Statement kIsAnother{"naf_codes_of_another", R"sql(
SELECT nomenclature FROM naf_codes n JOIN incoming_naf_codes i USING (code, label, level)
WHERE nomenclature <> $1
GROUP BY nomenclature HAVING count(*) = (SELECT count(*) FROM incoming_naf_codes)
)sql"};

constexpr Statement kDiff{"diff_naf_codes", R"sql(
WITH diff AS MATERIALIZED (
  SELECT i.*, t.code IS NULL AS is_new,
         (t.label, t.level, t.parent_code, t.obsolete)
         IS DISTINCT FROM (i.label, i.level, i.parent_code, false) AS differs,
         t.parent_code <> i.parent_code AS moves
  FROM incoming_naf_codes i
  LEFT JOIN naf_codes t ON (t.nomenclature, t.code) = ($1, i.code)
), added AS (
  INSERT INTO naf_codes (nomenclature, code, label, level, parent_code)
  SELECT $1, code, label, level, parent_code FROM diff WHERE is_new
), changed AS (
  UPDATE naf_codes t
  SET label = d.label, level = d.level, parent_code = d.parent_code, obsolete = false
  FROM diff d WHERE (t.nomenclature, t.code) = ($1, d.code) AND d.differs AND NOT d.is_new
), vanished AS (
  UPDATE naf_codes t SET obsolete = true
  WHERE t.nomenclature = $1 AND NOT t.obsolete
    AND NOT EXISTS (SELECT FROM incoming_naf_codes i WHERE i.code = t.code)
  RETURNING 1
)
SELECT count(*) AS read, count(*) FILTER (WHERE is_new) AS added,
       count(*) FILTER (WHERE differs AND NOT is_new AND NOT moves) AS changed,
       count(*) FILTER (WHERE moves) AS moved, (SELECT count(*) FROM vanished) AS vanished
FROM diff
)sql"};

absl::Status Steps(ImportSteps& import, const NafList& list, const std::string& nomenclature) {
  auto& transaction = import.transaction();
  if (absl::Status status = import.Stage("Lecture de la nomenclature", list.rows); !status.ok()) {
    return status;
  }
  transaction.Exec(kIncoming);
  pqxx::stream_to codes(transaction.raw(), "incoming_naf_codes");
  for (const NafRow& row : list.codes) {
    codes << std::make_tuple(row.code, row.label, row.level, row.parent);
  }
  codes.complete();
  transaction.Exec(kAnalyze);
  if (const auto another = transaction.Exec(kIsAnother, nomenclature); !another.empty()) {
    return import.Refused({}, absl::StrCat("cette nomenclature est ", another[0][0].c_str(),
                                           " et non ", nomenclature));
  }
  const bool changed = import.Count("naf_codes", transaction.Exec(kDiff, nomenclature)).any();
  import.outcome().tables["naf_codes"].read = list.rows;
  RecordSource(import, nomenclature == "NAF2025" ? "naf2025" : "naf", std::nullopt, changed);
  // Companies are shown with their labels.
  if (changed) import.Announce("companies/-");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ImportOutcome> ImportNaf(database::Database& database, const NafList& list,
                                        const std::string& nomenclature, const ImportRun& run) {
  return RunImport(database, run,
                   [&](ImportSteps& import) { return Steps(import, list, nomenclature); });
}

}  // namespace dm::catalogue
