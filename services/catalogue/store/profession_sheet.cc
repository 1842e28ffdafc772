#include "services/catalogue/store/profession_sheet.h"

#include "absl/strings/numbers.h"
#include "common/time/clock.h"
#include "services/catalogue/domain/rome_source.h"
#include "services/catalogue/domain/words.h"
#include "services/catalogue/store/profession_columns.h"
#include "services/catalogue/store/rows.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace dm::catalogue {
namespace {

using database::Statement;

constexpr Statement kListSectors{"list_sectors", R"sql(
SELECT s.code, s.label, s.description, s.sort_key AS key,
       (SELECT string_agg(u.code || chr(31) || u.label, chr(30) ORDER BY u.code)
        FROM sub_sectors u WHERE u.sector_code = s.code AND NOT u.obsolete) AS sub_sectors
FROM sectors s
WHERE NOT s.obsolete AND (s.sort_key, s.code) > ($1 COLLATE "C", $2)
ORDER BY s.sort_key, s.code LIMIT $3
)sql"};

// Codes are numbers of different lengths.
constexpr Statement kListInterests{"list_interests", R"sql(
SELECT code, label, description, length(code)::text AS key FROM interests
WHERE NOT obsolete AND (length(code), code) > (coalesce(nullif($1, '')::integer, 0), $2)
ORDER BY length(code), code LIMIT $3
)sql"};

template <typename Item, typename ToItem>
absl::StatusOr<ListPage<Item>> List(database::Database& database, absl::Time deadline,
                                    const Statement& statement, const PageKey& after, int limit,
                                    const ToItem& to_item) {
  const bool first = after.size() != 2;
  const auto rows =
      database.Query(deadline, statement, first ? "" : after[0], first ? "" : after[1], limit + 1);
  if (!rows.ok()) return rows.status();
  ListPage<Item> page;
  for (const pqxx::row& row : *rows) {
    if (page.items.size() == static_cast<size_t>(limit)) {
      const pqxx::row last = (*rows)[static_cast<pqxx::result::size_type>(limit - 1)];
      page.next = PageKey{last["key"].c_str(), last["code"].c_str()};
      break;
    }
    page.items.push_back(to_item(row));
  }
  return page;
}

void SortByLabel(std::vector<Labelled>* items) {
  std::sort(items->begin(), items->end(), [](const Labelled& a, const Labelled& b) {
    return std::pair(PlainText(a.label), a.code) < std::pair(PlainText(b.label), b.code);
  });
}

// The items are its skills, knowledge and work contexts; a skill's category is its objective.
constexpr Statement kFind{"find_profession", "SELECT " DM_PROFESSION_COLUMNS R"sql(,
       (SELECT string_agg(a.ogr_code || chr(31) || a.label, chr(30)
                          ORDER BY a.folded, a.label, a.ogr_code)
        FROM appellations a WHERE a.rome_code = p.rome_code AND NOT a.obsolete) AS appellations,
       (SELECT string_agg(i.kind || chr(31) || i.ogr_code || chr(31) || i.label || chr(31)
                            || l.core || chr(31)
                            || CASE WHEN i.kind <= 2 THEN coalesce(t.objective, '')
                                    ELSE i.category END, chr(30))
        FROM profession_items l JOIN rome_items i USING (ogr_code)
        LEFT JOIN rome_skill_tree t USING (macro_code)
        WHERE l.rome_code = p.rome_code AND NOT l.obsolete) AS items,
       (SELECT string_agg(o.rome_code || chr(31) || o.title || chr(31) || m.rank, chr(30)
                          ORDER BY m.rank, o.rome_code)
        FROM profession_mobility m JOIN professions o ON o.rome_code = m.target_code
        WHERE m.rome_code = p.rome_code AND NOT m.obsolete AND NOT o.obsolete) AS related,
       (SELECT version || chr(31) || coalesce(to_char(published, 'YYYY-MM-DD'), '')
        FROM rome_releases WHERE is_current) AS release
FROM professions p WHERE p.rome_code = $1
)sql"};

constexpr int kKnowledge = 3;
constexpr int kWorkContext = 4;
constexpr size_t kMostSkills = 100;

int ToNumber(const std::string& text) {
  int number = 0;
  (void)absl::SimpleAtoi(text, &number);
  return number;
}

// The heart of the profession first, then what it changes to; in alphabetical order.
void PutMainFirst(std::vector<Skill>* skills) {
  constexpr std::array<int, 3> kPlaces = {2, 0, 1};
  std::sort(skills->begin(), skills->end(), [&](const Skill& a, const Skill& b) {
    const auto key = [&](const Skill& skill) {
      return std::tuple(kPlaces.at(static_cast<size_t>(skill.core)), skill.kind,
                        PlainText(skill.label), skill.code);
    };
    return key(a) < key(b);
  });
  if (skills->size() > kMostSkills) skills->resize(kMostSkills);
}

void AddItems(const char* items, Profession* profession) {
  for (auto& parts : ToParts(items, 5)) {
    const int kind = ToNumber(parts[0]);
    if (kind == kWorkContext) {
      profession->work_contexts.push_back(
          {std::move(parts[1]), std::move(parts[2]), std::move(parts[4])});
      continue;
    }
    auto& skills = kind == kKnowledge ? profession->knowledge : profession->skills;
    skills.push_back({.code = std::move(parts[1]),
                      .label = std::move(parts[2]),
                      .kind = kind,
                      .core = ToNumber(parts[3]),
                      .category = std::move(parts[4])});
  }
  PutMainFirst(&profession->skills);
  PutMainFirst(&profession->knowledge);
  auto& contexts = profession->work_contexts;
  std::sort(contexts.begin(), contexts.end(), [](const WorkContext& a, const WorkContext& b) {
    return std::tuple(PlainText(a.kind), PlainText(a.label), a.code) <
           std::tuple(PlainText(b.kind), PlainText(b.label), b.code);
  });
}

}  // namespace

absl::StatusOr<ListPage<Sector>> ListSectors(database::Database& database, absl::Time deadline,
                                             const PageKey& after, int limit) {
  return List<Sector>(database, deadline, kListSectors, after, limit, [](const pqxx::row& row) {
    Sector sector{row["code"].c_str(), row["label"].c_str(), row["description"].c_str(),
                  ToLabelled(row["sub_sectors"].c_str())};
    SortByLabel(&sector.sub_sectors);
    return sector;
  });
}

absl::StatusOr<ListPage<Interest>> ListInterests(database::Database& database, absl::Time deadline,
                                                 const PageKey& after, int limit) {
  return List<Interest>(database, deadline, kListInterests, after, limit, [](const pqxx::row& row) {
    return Interest{row["code"].c_str(), row["label"].c_str(), row["description"].c_str()};
  });
}

absl::StatusOr<std::optional<Profession>> FindProfession(database::Database& database,
                                                         absl::Time deadline,
                                                         const std::string& rome_code) {
  const auto rows = database.Query(deadline, kFind, rome_code);
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return std::optional<Profession>();
  const pqxx::row row = (*rows)[0];
  Profession profession = ToProfession(row);
  SortByLabel(&profession.sub_sectors);
  profession.appellations = ToLabelled(row["appellations"].c_str());
  AddItems(row["items"].c_str(), &profession);
  for (auto& parts : ToParts(row["related"].c_str(), 3)) {
    profession.related.push_back({std::move(parts[0]), std::move(parts[1]), ToNumber(parts[2])});
  }
  for (const auto& parts : ToParts(row["release"].c_str(), 2)) {
    const auto published = ParseCivilDay(parts[1]);
    profession.source =
        RomeAttribution(parts[0], published.ok() ? std::optional(*published) : std::nullopt);
  }
  return std::optional<Profession>(std::move(profession));
}

}  // namespace dm::catalogue
