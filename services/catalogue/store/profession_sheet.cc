#include "services/catalogue/store/profession_sheet.h"

#include "services/catalogue/store/rows.h"

#include <utility>

namespace dm::catalogue {
namespace {

using database::Statement;

constexpr Statement kListSectors{"list_sectors", R"sql(
SELECT code, label, sort_key AS key FROM sectors
WHERE NOT obsolete AND (sort_key, code) > ($1 COLLATE "C", $2)
ORDER BY sort_key, code LIMIT $3
)sql"};

// Codes are numbers of different lengths.
constexpr Statement kListInterests{"list_interests", R"sql(
SELECT code, label, length(code)::text AS key FROM interests
WHERE NOT obsolete AND (length(code), code) > (coalesce(nullif($1, '')::integer, 0), $2)
ORDER BY length(code), code LIMIT $3
)sql"};

absl::StatusOr<LabelledPage> List(database::Database& database, absl::Time deadline,
                                  const Statement& statement, const PageKey& after, int limit) {
  const bool first = after.size() != 2;
  const auto rows =
      database.Query(deadline, statement, first ? "" : after[0], first ? "" : after[1], limit + 1);
  if (!rows.ok()) return rows.status();
  LabelledPage page;
  for (const pqxx::row& row : *rows) {
    if (page.items.size() == static_cast<size_t>(limit)) {
      const pqxx::row last = (*rows)[static_cast<pqxx::result::size_type>(limit - 1)];
      page.next = PageKey{last["key"].c_str(), last["code"].c_str()};
      break;
    }
    page.items.push_back({row["code"].c_str(), row["label"].c_str()});
  }
  return page;
}

constexpr Statement kFind{"find_profession", R"sql(
SELECT p.rome_code, p.title, p.definition, p.access, p.riasec_major || p.riasec_minor AS riasec,
       p.obsolete, sector_list(p.sectors) AS sectors, interest_list(p.rome_code) AS interests,
       (SELECT string_agg(ogr_code || chr(31) || label, chr(30) ORDER BY folded, label, ogr_code)
        FROM appellations a WHERE a.rome_code = p.rome_code AND NOT a.obsolete) AS appellations
FROM professions p WHERE p.rome_code = $1
)sql"};

}  // namespace

absl::StatusOr<LabelledPage> ListSectors(database::Database& database, absl::Time deadline,
                                         const PageKey& after, int limit) {
  return List(database, deadline, kListSectors, after, limit);
}

absl::StatusOr<LabelledPage> ListInterests(database::Database& database, absl::Time deadline,
                                           const PageKey& after, int limit) {
  return List(database, deadline, kListInterests, after, limit);
}

absl::StatusOr<std::optional<Profession>> FindProfession(database::Database& database,
                                                         absl::Time deadline,
                                                         const std::string& rome_code) {
  const auto rows = database.Query(deadline, kFind, rome_code);
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return std::optional<Profession>();
  Profession profession = ToProfession((*rows)[0]);
  profession.appellations = ToLabelled((*rows)[0]["appellations"].c_str());
  return std::optional<Profession>(std::move(profession));
}

}  // namespace dm::catalogue
