#include "absl/strings/str_cat.h"
#include "services/catalogue/domain/words.h"
#include "services/catalogue/store/imports.h"

#include <pqxx/stream_to>

#include <tuple>

namespace dm::catalogue {
namespace {

using database::Statement;

constexpr Statement kIncomingSectors{
    "incoming_sectors",
    "CREATE TEMPORARY TABLE incoming_sectors (code text PRIMARY KEY, label text NOT NULL, "
    "sort_key text COLLATE \"C\" NOT NULL) ON COMMIT DROP"};

constexpr Statement kDiffSectors{"diff_sectors", R"sql(
WITH diff AS MATERIALIZED (
  SELECT i.*, t.code IS NULL AS is_new,
         (t.label, t.sort_key, t.obsolete) IS DISTINCT FROM (i.label, i.sort_key, false) AS differs
  FROM incoming_sectors i LEFT JOIN sectors t USING (code)
), added AS (
  INSERT INTO sectors (code, label, sort_key)
  SELECT code, label, sort_key FROM diff WHERE is_new
), changed AS (
  UPDATE sectors t SET label = d.label, sort_key = d.sort_key, obsolete = false
  FROM diff d WHERE t.code = d.code AND d.differs AND NOT d.is_new
), vanished AS (
  UPDATE sectors t SET obsolete = true
  WHERE NOT obsolete AND NOT EXISTS (SELECT FROM incoming_sectors i WHERE i.code = t.code)
  RETURNING 1
)
SELECT count(*) AS read, count(*) FILTER (WHERE is_new) AS added,
       count(*) FILTER (WHERE differs AND NOT is_new) AS changed, 0 AS moved,
       (SELECT count(*) FROM vanished) AS vanished
FROM diff
)sql"};

constexpr Statement kIncomingInterests{
    "incoming_interests",
    "CREATE TEMPORARY TABLE incoming_interests (code text PRIMARY KEY, label text NOT NULL) "
    "ON COMMIT DROP"};

constexpr Statement kDiffInterests{"diff_interests", R"sql(
WITH diff AS MATERIALIZED (
  SELECT i.*, t.code IS NULL AS is_new,
         (t.label, t.obsolete) IS DISTINCT FROM (i.label, false) AS differs
  FROM incoming_interests i LEFT JOIN interests t USING (code)
), added AS (
  INSERT INTO interests (code, label) SELECT code, label FROM diff WHERE is_new
), changed AS (
  UPDATE interests t SET label = d.label, obsolete = false
  FROM diff d WHERE t.code = d.code AND d.differs AND NOT d.is_new
), vanished AS (
  UPDATE interests t SET obsolete = true
  WHERE NOT obsolete AND NOT EXISTS (SELECT FROM incoming_interests i WHERE i.code = t.code)
  RETURNING 1
)
SELECT count(*) AS read, count(*) FILTER (WHERE is_new) AS added,
       count(*) FILTER (WHERE differs AND NOT is_new) AS changed, 0 AS moved,
       (SELECT count(*) FROM vanished) AS vanished
FROM diff
)sql"};

constexpr Statement kIncomingProfessions{"incoming_professions", R"sql(
CREATE TEMPORARY TABLE incoming_professions (
  rome_code text PRIMARY KEY, title text NOT NULL, definition text NOT NULL, access text NOT NULL,
  riasec_major text NOT NULL, riasec_minor text NOT NULL, sort_key text COLLATE "C" NOT NULL,
  folded_title text NOT NULL, folded_definition text NOT NULL) ON COMMIT DROP
)sql"};

constexpr Statement kDiffProfessions{"diff_professions", R"sql(
WITH diff AS MATERIALIZED (
  SELECT i.*, t.rome_code IS NULL AS is_new,
         (t.title, t.definition, t.access, t.riasec_major, t.riasec_minor, t.sort_key,
          t.folded_title, t.folded_definition, t.obsolete)
         IS DISTINCT FROM
         (i.title, i.definition, i.access, i.riasec_major, i.riasec_minor, i.sort_key,
          i.folded_title, i.folded_definition, false) AS differs
  FROM incoming_professions i LEFT JOIN professions t USING (rome_code)
), added AS (
  INSERT INTO professions (rome_code, title, definition, access, riasec_major, riasec_minor,
                           sort_key, folded_title, folded_definition)
  SELECT rome_code, title, definition, access, riasec_major, riasec_minor, sort_key, folded_title,
         folded_definition
  FROM diff WHERE is_new
), changed AS (
  UPDATE professions t
  SET title = d.title, definition = d.definition, access = d.access,
      riasec_major = d.riasec_major, riasec_minor = d.riasec_minor, sort_key = d.sort_key,
      folded_title = d.folded_title, folded_definition = d.folded_definition, obsolete = false
  FROM diff d WHERE t.rome_code = d.rome_code AND d.differs AND NOT d.is_new
), vanished AS (
  UPDATE professions t SET obsolete = true
  WHERE NOT obsolete
    AND NOT EXISTS (SELECT FROM incoming_professions i WHERE i.rome_code = t.rome_code)
  RETURNING 1
)
SELECT count(*) AS read, count(*) FILTER (WHERE is_new) AS added,
       count(*) FILTER (WHERE differs AND NOT is_new) AS changed, 0 AS moved,
       (SELECT count(*) FROM vanished) AS vanished
FROM diff
)sql"};

constexpr Statement kIncomingAppellations{
    "incoming_appellations",
    "CREATE TEMPORARY TABLE incoming_appellations (ogr_code text PRIMARY KEY, rome_code text NOT "
    "NULL, label text NOT NULL, folded text NOT NULL) ON COMMIT DROP"};

constexpr Statement kDiffAppellations{"diff_appellations", R"sql(
WITH diff AS MATERIALIZED (
  SELECT i.*, t.ogr_code IS NULL AS is_new, t.rome_code <> i.rome_code AS moves,
         (t.label, t.folded, t.obsolete) IS DISTINCT FROM (i.label, i.folded, false) AS differs
  FROM incoming_appellations i LEFT JOIN appellations t USING (ogr_code)
), added AS (
  INSERT INTO appellations (ogr_code, rome_code, label, folded)
  SELECT ogr_code, rome_code, label, folded FROM diff WHERE is_new
), changed AS (
  UPDATE appellations t
  SET rome_code = d.rome_code, label = d.label, folded = d.folded, obsolete = false
  FROM diff d WHERE t.ogr_code = d.ogr_code AND (d.differs OR d.moves) AND NOT d.is_new
), vanished AS (
  UPDATE appellations t SET obsolete = true
  WHERE NOT obsolete
    AND NOT EXISTS (SELECT FROM incoming_appellations i WHERE i.ogr_code = t.ogr_code)
  RETURNING 1
)
SELECT count(*) AS read, count(*) FILTER (WHERE is_new) AS added,
       count(*) FILTER (WHERE differs AND NOT is_new) AS changed,
       count(*) FILTER (WHERE moves) AS moved, (SELECT count(*) FROM vanished) AS vanished
FROM diff
)sql"};

constexpr Statement kIncomingSectorLinks{
    "incoming_sector_links",
    "CREATE TEMPORARY TABLE incoming_sector_links (rome_code text, sector_code text, principal "
    "boolean NOT NULL, PRIMARY KEY (rome_code, sector_code)) ON COMMIT DROP"};

constexpr Statement kDiffSectorLinks{"diff_sector_links", R"sql(
WITH diff AS MATERIALIZED (
  SELECT i.*, t.rome_code IS NULL AS is_new,
         (t.principal, t.obsolete) IS DISTINCT FROM (i.principal, false) AS differs
  FROM incoming_sector_links i LEFT JOIN profession_sectors t USING (rome_code, sector_code)
), added AS (
  INSERT INTO profession_sectors (rome_code, sector_code, principal)
  SELECT rome_code, sector_code, principal FROM diff WHERE is_new
), changed AS (
  UPDATE profession_sectors t SET principal = d.principal, obsolete = false
  FROM diff d
  WHERE (t.rome_code, t.sector_code) = (d.rome_code, d.sector_code) AND d.differs AND NOT d.is_new
), vanished AS (
  UPDATE profession_sectors t SET obsolete = true
  WHERE NOT obsolete
    AND NOT EXISTS (SELECT FROM incoming_sector_links i
                    WHERE (i.rome_code, i.sector_code) = (t.rome_code, t.sector_code))
  RETURNING 1
)
SELECT $1::bigint AS read, count(*) FILTER (WHERE is_new) AS added,
       count(*) FILTER (WHERE differs AND NOT is_new) AS changed, 0 AS moved,
       (SELECT count(*) FROM vanished) AS vanished
FROM diff
)sql"};

constexpr Statement kIncomingInterestLinks{
    "incoming_interest_links",
    "CREATE TEMPORARY TABLE incoming_interest_links (rome_code text, interest_code text, principal "
    "boolean NOT NULL, PRIMARY KEY (rome_code, interest_code)) ON COMMIT DROP"};

constexpr Statement kDiffInterestLinks{"diff_interest_links", R"sql(
WITH diff AS MATERIALIZED (
  SELECT i.*, t.rome_code IS NULL AS is_new,
         (t.principal, t.obsolete) IS DISTINCT FROM (i.principal, false) AS differs
  FROM incoming_interest_links i LEFT JOIN profession_interests t USING (rome_code, interest_code)
), added AS (
  INSERT INTO profession_interests (rome_code, interest_code, principal)
  SELECT rome_code, interest_code, principal FROM diff WHERE is_new
), changed AS (
  UPDATE profession_interests t SET principal = d.principal, obsolete = false
  FROM diff d
  WHERE (t.rome_code, t.interest_code) = (d.rome_code, d.interest_code)
    AND d.differs AND NOT d.is_new
), vanished AS (
  UPDATE profession_interests t SET obsolete = true
  WHERE NOT obsolete
    AND NOT EXISTS (SELECT FROM incoming_interest_links i
                    WHERE (i.rome_code, i.interest_code) = (t.rome_code, t.interest_code))
  RETURNING 1
)
SELECT $1::bigint AS read, count(*) FILTER (WHERE is_new) AS added,
       count(*) FILTER (WHERE differs AND NOT is_new) AS changed, 0 AS moved,
       (SELECT count(*) FROM vanished) AS vanished
FROM diff
)sql"};

// Without fresh statistics the joins below would expect tables of nothing.
constexpr Statement kAnalyze{
    "analyze_incoming",
    "ANALYZE incoming_sectors, incoming_interests, incoming_professions, "
    "incoming_appellations, incoming_sector_links, incoming_interest_links"};
constexpr Statement kAnalyzeTables{
    "analyze_rome", "ANALYZE professions, appellations, profession_sectors, profession_interests"};

constexpr Statement kRefreshProfessions{"refresh_professions", R"sql(
WITH fresh AS (
  SELECT p.rome_code, coalesce(l.sectors, '{}') AS sectors
  FROM professions p
  LEFT JOIN (SELECT rome_code, array_agg(sector_code ORDER BY sector_code) AS sectors
             FROM profession_sectors WHERE NOT obsolete GROUP BY rome_code) AS l USING (rome_code)
), changed AS (
  UPDATE professions p SET sectors = f.sectors
  FROM fresh f WHERE p.rome_code = f.rome_code AND p.sectors IS DISTINCT FROM f.sectors
  RETURNING p.rome_code
)
SELECT coalesce(array_agg(rome_code), '{}') AS codes FROM changed
)sql"};

constexpr Statement kRefreshOffers{
    "refresh_offers_of_professions",
    "SELECT refresh_offer_search('{}', $1::text[], '{}') AS changed"};

constexpr Statement kOffersOf{
    "offers_of_professions",
    "SELECT coalesce(array_agg(id), '{}') AS ids FROM offers WHERE rome_code = ANY ($1::text[])"};

void CopyLabels(ImportSteps& import, const RomeExport& rome) {
  import.transaction().Exec(kIncomingSectors);
  pqxx::stream_to sectors(import.transaction().raw(), "incoming_sectors");
  for (const LabelRow& row : rome.sectors) {
    sectors << std::make_tuple(row.code, row.label, PlainText(row.label));
  }
  sectors.complete();
  import.transaction().Exec(kIncomingInterests);
  pqxx::stream_to interests(import.transaction().raw(), "incoming_interests");
  for (const LabelRow& row : rome.interests) interests << std::make_tuple(row.code, row.label);
  interests.complete();
}

void CopyProfessions(ImportSteps& import, const RomeExport& rome) {
  import.transaction().Exec(kIncomingProfessions);
  pqxx::stream_to professions(import.transaction().raw(), "incoming_professions");
  for (const ProfessionRow& row : rome.professions) {
    professions << std::make_tuple(row.rome_code, row.title, row.definition, row.access,
                                   row.riasec_major, row.riasec_minor, PlainText(row.title),
                                   FoldWords(row.title), FoldWords(row.definition));
  }
  professions.complete();
  import.transaction().Exec(kIncomingAppellations);
  pqxx::stream_to appellations(import.transaction().raw(), "incoming_appellations");
  for (const AppellationRow& row : rome.appellations) {
    appellations << std::make_tuple(row.ogr_code, row.rome_code, row.label, FoldWords(row.label));
  }
  appellations.complete();
}

void CopyLinks(ImportSteps& import, const Statement& make, const std::string& table,
               const std::vector<LinkRow>& rows) {
  import.transaction().Exec(make);
  pqxx::stream_to links(import.transaction().raw(), table);
  for (const LinkRow& row : rows) links << std::make_tuple(row.rome_code, row.code, row.principal);
  links.complete();
}

// What other tables and readers make of the new rows.
void Refresh(ImportSteps& import, bool sectors_changed, bool professions_changed) {
  import.transaction().Exec(kAnalyzeTables);
  const pqxx::result refreshed = import.transaction().Exec(kRefreshProfessions);
  const std::string codes = refreshed[0]["codes"].c_str();
  const pqxx::result offers = import.transaction().Exec(kRefreshOffers, codes);
  import.TouchOffers(import.transaction().Exec(kOffersOf, codes).at(0)["ids"].c_str());
  import.TouchWords();
  import.Announce("professions/-");
  if (sectors_changed) import.Announce("companies/-");
  // They show the names of both.
  if (sectors_changed || professions_changed || offers[0]["changed"].as<int64_t>() > 0) {
    import.Announce("offers/-");
  }
}

absl::Status Steps(ImportSteps& import, const RomeExport& rome) {
  const auto rows = static_cast<int64_t>(rome.professions.size() + rome.appellations.size());
  if (absl::Status status = import.Stage("Lecture du ROME", rows); !status.ok()) return status;
  CopyLabels(import, rome);
  CopyProfessions(import, rome);
  CopyLinks(import, kIncomingSectorLinks, "incoming_sector_links", rome.sector_links);
  CopyLinks(import, kIncomingInterestLinks, "incoming_interest_links", rome.interest_links);
  import.transaction().Exec(kAnalyze);
  if (absl::Status status = import.Stage("Comparaison du ROME", rows); !status.ok()) return status;
  auto& transaction = import.transaction();
  const bool sectors = import.Count("sectors", transaction.Exec(kDiffSectors)).any();
  bool any = import.Count("interests", transaction.Exec(kDiffInterests)).any() || sectors;
  const bool professions = import.Count("professions", transaction.Exec(kDiffProfessions)).any();
  any |= professions;
  any |= import.Count("appellations", transaction.Exec(kDiffAppellations)).any();
  any |=
      import.Count("profession_sectors", transaction.Exec(kDiffSectorLinks, rome.sector_link_rows))
          .any();
  any |= import
             .Count("profession_interests",
                    transaction.Exec(kDiffInterestLinks, rome.interest_link_rows))
             .any();
  if (!any) return absl::OkStatus();
  if (absl::Status status = import.Stage("Mise à jour de la recherche", 0); !status.ok()) {
    return status;
  }
  Refresh(import, sectors, professions);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ImportOutcome> ImportRome(database::Database& database, const RomeExport& rome,
                                         const ImportRun& run) {
  return RunImport(database, run, [&rome](ImportSteps& import) { return Steps(import, rome); });
}

}  // namespace dm::catalogue
