#include "absl/strings/str_join.h"
#include "services/catalogue/domain/words.h"
#include "services/catalogue/store/imports.h"

#include <pqxx/stream_to>

#include <tuple>

namespace dm::catalogue {
namespace {

using database::Statement;

constexpr Statement kIncoming{"incoming_everyday_words", R"sql(
CREATE TEMPORARY TABLE incoming_everyday_words (
  file integer NOT NULL, line integer NOT NULL, folded text PRIMARY KEY, words text NOT NULL,
  professions text NOT NULL) ON COMMIT DROP
)sql"};

constexpr Statement kAnalyze{"analyze_incoming_everyday_words", "ANALYZE incoming_everyday_words"};

constexpr Statement kFirstWrong{"first_wrong_everyday_words", R"sql(
SELECT i.file, i.line, code
FROM incoming_everyday_words i, string_to_table(i.professions, ' ') AS code
WHERE code <> '' AND NOT EXISTS (SELECT FROM professions p WHERE p.rome_code = code)
ORDER BY file, line, code LIMIT 1
)sql"};

// Each row says everything of its words; words that no row has stay as they are.
constexpr Statement kDiff{"diff_everyday_words", R"sql(
WITH wanted AS MATERIALIZED (
  SELECT i.folded, i.words, p.rome_code, 101 - p.place AS weight
  FROM incoming_everyday_words i,
       string_to_table(i.professions, ' ') WITH ORDINALITY AS p (rome_code, place)
  WHERE p.rome_code <> ''
), gone AS (
  DELETE FROM everyday_words t
  WHERE t.folded IN (SELECT folded FROM incoming_everyday_words)
    AND NOT EXISTS (SELECT FROM wanted w
                    WHERE (w.folded, w.rome_code) = (t.folded, t.rome_code))
  RETURNING 1
), diff AS MATERIALIZED (
  SELECT w.*, t.folded IS NULL AS is_new,
         (t.words, t.weight::bigint) IS DISTINCT FROM (w.words, w.weight) AS differs
  FROM wanted w LEFT JOIN everyday_words t USING (folded, rome_code)
), added AS (
  INSERT INTO everyday_words (folded, words, rome_code, weight)
  SELECT folded, words, rome_code, weight FROM diff WHERE is_new
), changed AS (
  UPDATE everyday_words t SET words = d.words, weight = d.weight
  FROM diff d
  WHERE (t.folded, t.rome_code) = (d.folded, d.rome_code) AND d.differs AND NOT d.is_new
)
SELECT (SELECT count(*) FROM incoming_everyday_words) AS read,
       count(*) FILTER (WHERE is_new) AS added,
       count(*) FILTER (WHERE differs AND NOT is_new) AS changed, 0 AS moved,
       (SELECT count(*) FROM gone) AS vanished
FROM diff
)sql"};

absl::Status Steps(ImportSteps& import, const std::vector<EverydayWordsRow>& rows) {
  auto& transaction = import.transaction();
  if (absl::Status status =
          import.Stage("Lecture des mots de tous les jours", static_cast<int64_t>(rows.size()));
      !status.ok()) {
    return status;
  }
  transaction.Exec(kIncoming);
  pqxx::stream_to words(transaction.raw(), "incoming_everyday_words");
  for (const EverydayWordsRow& row : rows) {
    words << std::make_tuple(row.origin.file, row.origin.line, FoldWords(row.words), row.words,
                             absl::StrJoin(row.professions, " "));
  }
  words.complete();
  transaction.Exec(kAnalyze);
  if (const auto wrong = transaction.Exec(kFirstWrong); !wrong.empty()) {
    return import.Refused({wrong[0]["file"].as<size_t>(), wrong[0]["line"].as<int>()},
                          absl::StrCat("le métier ", wrong[0]["code"].c_str(), " est inconnu"));
  }
  if (import.Count("everyday_words", transaction.Exec(kDiff)).any()) {
    import.TouchWords();
    import.Announce("professions/-");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ImportOutcome> ImportEverydayWords(database::Database& database,
                                                  const std::vector<EverydayWordsRow>& rows,
                                                  const ImportRun& run) {
  return RunImport(database, run, [&rows](ImportSteps& import) { return Steps(import, rows); });
}

}  // namespace dm::catalogue
