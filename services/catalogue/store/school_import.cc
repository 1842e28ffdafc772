#include "absl/strings/str_cat.h"
#include "services/catalogue/domain/words.h"
#include "services/catalogue/store/imports.h"
#include "services/catalogue/store/reference_sources.h"

#include <pqxx/stream_to>

#include <tuple>

namespace dm::catalogue {
namespace {

using database::Statement;

constexpr Statement kIncoming{"incoming_schools", R"sql(
CREATE TEMPORARY TABLE incoming_schools (
  file integer NOT NULL, line integer NOT NULL, uai text PRIMARY KEY, display_name text NOT NULL,
  kind text NOT NULL, is_public boolean NOT NULL, street text NOT NULL, postal_code text NOT NULL,
  commune_code text NOT NULL, department text NOT NULL, siret text NOT NULL,
  sort_key text COLLATE "C" NOT NULL, folded_name text NOT NULL) ON COMMIT DROP
)sql"};

constexpr Statement kAnalyze{"analyze_incoming_schools", "ANALYZE incoming_schools"};

constexpr Statement kNowhere{"schools_nowhere", R"sql(
SELECT file, line, uai, commune_code FROM incoming_schools i
WHERE NOT EXISTS (SELECT FROM communes m WHERE m.code = i.commune_code)
ORDER BY file, line
)sql"};

constexpr Statement kNotOurs{"schools_of_others", R"sql(
SELECT file, line, department FROM incoming_schools
WHERE NOT department = ANY ($1::text[]) ORDER BY file, line LIMIT 1
)sql"};

// The file is all that there is of the départements in it, and says nothing of others. Schools are
// found by their communes' names too.
constexpr Statement kDiff{"diff_schools", R"sql(
WITH diff AS MATERIALIZED (
  SELECT i.*, t.uai IS NULL AS is_new,
         (t.display_name, t.kind, t.is_public, t.street, t.postal_code, t.commune_code,
          t.department, t.siret, t.sort_key, t.folded_name, t.obsolete)
         IS DISTINCT FROM
         (i.display_name, i.kind, i.is_public, i.street, i.postal_code, i.commune_code,
          i.department, i.siret, i.sort_key, i.folded_name, false) AS differs
  FROM incoming_schools i
  JOIN communes m ON m.code = i.commune_code
  LEFT JOIN schools t USING (uai)
), added AS (
  INSERT INTO schools (uai, display_name, kind, is_public, street, postal_code, commune_code,
                       department, siret, sort_key, folded_name)
  SELECT uai, display_name, kind, is_public, street, postal_code, commune_code, department, siret,
         sort_key, folded_name
  FROM diff WHERE is_new
), changed AS (
  UPDATE schools t
  SET display_name = d.display_name, kind = d.kind, is_public = d.is_public, street = d.street,
      postal_code = d.postal_code, commune_code = d.commune_code, department = d.department,
      siret = d.siret, sort_key = d.sort_key, folded_name = d.folded_name, obsolete = false
  FROM diff d WHERE t.uai = d.uai AND d.differs AND NOT d.is_new
), vanished AS (
  UPDATE schools t SET obsolete = true
  WHERE NOT t.obsolete AND t.department IN (SELECT department FROM incoming_schools)
    AND NOT EXISTS (SELECT FROM incoming_schools i WHERE i.uai = t.uai)
  RETURNING 1
)
SELECT count(*) AS read, count(*) FILTER (WHERE is_new) AS added,
       count(*) FILTER (WHERE differs AND NOT is_new) AS changed, 0 AS moved,
       (SELECT count(*) FROM vanished) AS vanished
FROM diff
)sql"};

void Copy(ImportSteps& import, const std::vector<SchoolRow>& rows) {
  import.transaction().Exec(kIncoming);
  pqxx::stream_to schools(import.transaction().raw(), "incoming_schools");
  for (const SchoolRow& row : rows) {
    schools << std::make_tuple(
        row.origin.file, row.origin.line, row.uai, row.display_name, row.kind, row.is_public,
        row.street, row.postal_code, row.commune_code, row.department, row.siret,
        PlainText(row.display_name), FoldWords(absl::StrCat(row.display_name, " ", row.commune)));
  }
  schools.complete();
  import.transaction().Exec(kAnalyze);
}

absl::Status Steps(ImportSteps& import, const SchoolList& list) {
  auto& transaction = import.transaction();
  if (absl::Status status = import.Stage("Lecture des établissements scolaires", list.rows);
      !status.ok()) {
    return status;
  }
  Copy(import, list.schools);
  if (const auto wrong = transaction.Exec(kNotOurs, import.run().territory); !wrong.empty()) {
    return import.Refused({wrong[0]["file"].as<size_t>(), wrong[0]["line"].as<int>()},
                          absl::StrCat("le département ", wrong[0]["department"].c_str(),
                                       " n'est pas de votre territoire"));
  }
  for (const pqxx::row& row : transaction.Exec(kNowhere)) {
    import.Warn({row["file"].as<size_t>(), row["line"].as<int>()},
                absl::StrCat("la commune ", row["commune_code"].c_str(), " de l'établissement ",
                             row["uai"].c_str(), " est inconnue, laissé de côté"));
  }
  const bool changed = import.Count("schools", transaction.Exec(kDiff)).any();
  import.outcome().tables["schools"].read = list.rows;
  RecordSource(import, "schools", list.published, changed);
  if (changed) import.Announce("schools/-");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ImportOutcome> ImportSchools(database::Database& database, const SchoolList& list,
                                            const ImportRun& run) {
  return RunImport(database, run, [&list](ImportSteps& import) { return Steps(import, list); });
}

}  // namespace dm::catalogue
