#include "absl/strings/str_cat.h"
#include "services/catalogue/store/derived_columns.h"
#include "services/catalogue/store/imports.h"
#include "services/catalogue/store/rome_release.h"
#include "services/catalogue/store/rome_tables.h"

#include <algorithm>
#include <initializer_list>

namespace dm::catalogue {
namespace {

using database::Statement;

// The joins of searches and sheets would else be planned for tables of nothing.
constexpr Statement kAnalyzeTables{"analyze_rome", "SELECT analyze_repertoire()"};

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

// The offers of job titles that another profession has from now on: read before the titles move.
constexpr Statement kFollow{"follow_moved_appellations", R"sql(
WITH followed AS (
  UPDATE offers o
  SET rome_code = i.rome_code, version = o.version + 1, update_time = dm_time($1)
  FROM incoming_appellations i JOIN appellations t USING (ogr_code)
  WHERE t.rome_code <> i.rome_code AND o.ogr_code = i.ogr_code AND o.rome_code <> i.rome_code
  RETURNING o.id
)
SELECT count(*) AS read, 0 AS added, 0 AS changed, count(*) AS moved, 0 AS vanished,
       coalesce(array_agg(id), '{}') AS ids
FROM followed
)sql"};

constexpr Statement kRefreshOffers{
    "refresh_offers_of_professions",
    "SELECT refresh_offer_search('{}', $1::text[], '{}') AS changed"};

constexpr Statement kOffersOf{
    "offers_of_professions",
    "SELECT coalesce(array_agg(id), '{}') AS ids FROM offers WHERE rome_code = ANY ($1::text[])"};

// Offers that name a job title stay with it. Their sessions are announced anew: they tell the
// profession.
absl::Status FollowAppellations(ImportSteps& import) {
  auto& transaction = import.transaction();
  const pqxx::result followed = transaction.Exec(kFollow, database::ToMicros(import.run().now));
  if (followed[0]["moved"].as<int64_t>() == 0) return absl::OkStatus();
  import.Count("offers", followed);
  const std::string ids = followed[0]["ids"].c_str();
  RefreshOffers(transaction, ids);
  import.TouchOffers(ids);
  SessionEvents sessions(&transaction, import.run().now);
  sessions.Touch(ids, "{}");
  import.Announce(sessions);
  import.Announce("offers/-");
  return absl::OkStatus();
}

bool AnyOf(const ChangedTables& changed, std::initializer_list<const char*> tables) {
  return std::any_of(tables.begin(), tables.end(),
                     [&](const char* table) { return changed.contains(table); });
}

// What other tables and readers make of the new rows.
void Refresh(ImportSteps& import, const ChangedTables& changed) {
  import.transaction().Exec(kAnalyzeTables);
  const pqxx::result refreshed = import.transaction().Exec(kRefreshProfessions);
  const std::string codes = refreshed[0]["codes"].c_str();
  const pqxx::result offers = import.transaction().Exec(kRefreshOffers, codes);
  import.TouchOffers(import.transaction().Exec(kOffersOf, codes).at(0)["ids"].c_str());
  import.TouchWords();
  import.Announce("professions/-");
  const bool sectors = AnyOf(changed, {"sectors", "sub_sectors"});
  if (sectors) import.Announce("companies/-");
  // Offers show the names of both.
  if (sectors || AnyOf(changed, {"professions"}) || offers[0]["changed"].as<int64_t>() > 0) {
    import.Announce("offers/-");
  }
}

absl::Status Steps(ImportSteps& import, const RomeExport& rome) {
  const auto changed = ImportRomeTables(import, rome, [&] { return FollowAppellations(import); });
  if (!changed.ok()) return changed.status();
  const bool released = ImportRomeRelease(import, rome.release);
  if (changed->empty() && !released) return absl::OkStatus();
  if (absl::Status status = import.Stage("Mise à jour de la recherche", 0); !status.ok()) {
    return status;
  }
  Refresh(import, *changed);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ImportOutcome> ImportRome(database::Database& database, const RomeExport& rome,
                                         const ImportRun& run) {
  return RunImport(database, run, [&rome](ImportSteps& import) { return Steps(import, rome); });
}

}  // namespace dm::catalogue
