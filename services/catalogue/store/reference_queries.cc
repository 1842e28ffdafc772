#include "services/catalogue/store/reference_queries.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/catalogue/store/rows.h"

#include <utility>

namespace dm::catalogue {
namespace {

using database::Statement;

constexpr Statement kCommunes{"communes_alphabetical", R"sql(
SELECT code, name, department, array_to_string(postal_codes, ',') AS postal_codes, population,
       latitude, longitude, sort_key
FROM communes
WHERE NOT obsolete AND (cardinality($1::text[]) = 0 OR department = ANY ($1::text[]))
  AND (sort_key, code) > ($2, $3)
ORDER BY sort_key, code LIMIT $4
)sql"};

// The words are looked up first: few communes are left to be sorted.
constexpr Statement kCommunesFound{"communes_found", R"sql(
SELECT code, name, department, array_to_string(postal_codes, ',') AS postal_codes, population,
       latitude, longitude, sort_key
FROM communes
WHERE NOT obsolete AND words @@ $5::tsquery
  AND (cardinality($1::text[]) = 0 OR department = ANY ($1::text[]))
  AND (-population, sort_key, code) > ($6::integer, $2, $3)
ORDER BY -population, sort_key, code LIMIT $4
)sql"};

constexpr Statement kSchools{"schools_alphabetical", R"sql(
SELECT s.uai, s.display_name, s.kind, s.is_public, s.street, s.postal_code, s.commune_code,
       s.department, s.sort_key, m.name AS commune, m.latitude, m.longitude
FROM schools s JOIN communes m ON m.code = s.commune_code
WHERE NOT s.obsolete AND (cardinality($1::text[]) = 0 OR s.department = ANY ($1::text[]))
  AND (s.sort_key, s.uai) > ($2, $3)
ORDER BY s.sort_key, s.uai LIMIT $4
)sql"};

constexpr Statement kSchoolsFound{"schools_found", R"sql(
SELECT s.uai, s.display_name, s.kind, s.is_public, s.street, s.postal_code, s.commune_code,
       s.department, s.sort_key, m.name AS commune, m.latitude, m.longitude
FROM schools s JOIN communes m ON m.code = s.commune_code
WHERE NOT s.obsolete AND s.words @@ $5::tsquery
  AND (cardinality($1::text[]) = 0 OR s.department = ANY ($1::text[]))
  AND (s.sort_key, s.uai) > ($2, $3)
ORDER BY s.sort_key, s.uai LIMIT $4
)sql"};

constexpr Statement kThemes{"themes_by_code", R"sql(
SELECT code, label, description FROM rome_themes
WHERE NOT obsolete AND code > $1 ORDER BY code LIMIT $2
)sql"};

constexpr Statement kDomains{"domains_by_code", R"sql(
SELECT d.code, d.label, g.code AS grand_domain, g.label AS grand_domain_label
FROM rome_domains d JOIN rome_grand_domains g ON g.code = d.grand_domain_code
WHERE NOT d.obsolete AND d.code > $1 ORDER BY d.code LIMIT $2
)sql"};

constexpr Statement kSources{"list_sources", R"sql(
SELECT name, '' AS version, published::text AS published, dm_micros(imported) AS imported
FROM reference_sources
UNION ALL
SELECT 'rome', version, published::text, dm_micros(imported) FROM rome_releases WHERE is_current
ORDER BY name
)sql"};

// Of places a key is [sort key, code] or [minus the population, sort key, code].
constexpr size_t kKeySize = 2;
constexpr size_t kKeySizeWithWords = 3;

// Words are plain or folded, so they hold no quotes.
std::string BeginningsOf(const std::vector<std::string>& words) {
  return absl::StrJoin(words, " & ", [](std::string* out, const std::string& word) {
    absl::StrAppend(out, "'", word, "':*");
  });
}

// One row more than the page tells whether there is a next one; then `key_of` its last row.
template <typename Item>
ReferencePage<Item> ToPage(const pqxx::result& rows, int limit, Item (*item)(const pqxx::row&),
                           PageKey (*key_of)(const pqxx::row&)) {
  ReferencePage<Item> page;
  for (const pqxx::row& row : rows) {
    if (static_cast<int>(page.items.size()) == limit) {
      page.next = key_of(rows[limit - 1]);
      break;
    }
    page.items.push_back(item(row));
  }
  return page;
}

Commune ToCommune(const pqxx::row& row) {
  return {.code = row["code"].c_str(),
          .name = row["name"].c_str(),
          .department = row["department"].c_str(),
          .postal_codes = ToTexts(row["postal_codes"].c_str()),
          .population = row["population"].as<int>(),
          .latitude = row["latitude"].as<double>(),
          .longitude = row["longitude"].as<double>()};
}

School ToSchool(const pqxx::row& row) {
  return {.uai = row["uai"].c_str(),
          .display_name = row["display_name"].c_str(),
          .kind = row["kind"].c_str(),
          .is_public = row["is_public"].as<bool>(),
          .place = ToPlace(row)};
}

Theme ToTheme(const pqxx::row& row) {
  return {.code = row["code"].c_str(),
          .label = row["label"].c_str(),
          .description = row["description"].c_str()};
}

ProfessionalDomain ToDomain(const pqxx::row& row) {
  return {.domain = {row["code"].c_str(), row["label"].c_str()},
          .grand_domain = {row["grand_domain"].c_str(), row["grand_domain_label"].c_str()}};
}

PageKey CodeOf(const pqxx::row& row) { return {row["code"].c_str()}; }

}  // namespace

absl::StatusOr<ReferencePage<Commune>> ListCommunes(database::Database& database,
                                                    absl::Time deadline,
                                                    const PlaceCriteria& criteria) {
  const PageKey& after = criteria.after;
  if (criteria.words.empty()) {
    const bool begun = after.size() == kKeySize;
    const auto rows =
        database.Query(deadline, kCommunes, criteria.departments, begun ? after[0] : "",
                       begun ? after[1] : "", criteria.limit + 1);
    if (!rows.ok()) return rows.status();
    return ToPage<Commune>(*rows, criteria.limit, ToCommune, [](const pqxx::row& row) {
      return PageKey{row["sort_key"].c_str(), row["code"].c_str()};
    });
  }
  int below = std::numeric_limits<int>::min();
  const bool begun = after.size() == kKeySizeWithWords && absl::SimpleAtoi(after[0], &below);
  const auto rows = database.Query(deadline, kCommunesFound, criteria.departments,
                                   begun ? after[1] : "", begun ? after[2] : "", criteria.limit + 1,
                                   BeginningsOf(criteria.words), below);
  if (!rows.ok()) return rows.status();
  return ToPage<Commune>(*rows, criteria.limit, ToCommune, [](const pqxx::row& row) {
    return PageKey{absl::StrCat(-row["population"].as<int>()), row["sort_key"].c_str(),
                   row["code"].c_str()};
  });
}

absl::StatusOr<ReferencePage<School>> ListSchools(database::Database& database, absl::Time deadline,
                                                  const PlaceCriteria& criteria) {
  const bool begun = criteria.after.size() == kKeySize;
  const std::string after_name = begun ? criteria.after[0] : "";
  const std::string after_uai = begun ? criteria.after[1] : "";
  const auto rows =
      criteria.words.empty()
          ? database.Query(deadline, kSchools, criteria.departments, after_name, after_uai,
                           criteria.limit + 1)
          : database.Query(deadline, kSchoolsFound, criteria.departments, after_name, after_uai,
                           criteria.limit + 1, BeginningsOf(criteria.words));
  if (!rows.ok()) return rows.status();
  return ToPage<School>(*rows, criteria.limit, ToSchool, [](const pqxx::row& row) {
    return PageKey{row["sort_key"].c_str(), row["uai"].c_str()};
  });
}

absl::StatusOr<ReferencePage<Theme>> ListThemes(database::Database& database, absl::Time deadline,
                                                const PageKey& after, int limit) {
  const auto rows =
      database.Query(deadline, kThemes, after.empty() ? "" : after.front(), limit + 1);
  if (!rows.ok()) return rows.status();
  return ToPage<Theme>(*rows, limit, ToTheme, CodeOf);
}

absl::StatusOr<ReferencePage<ProfessionalDomain>> ListDomains(database::Database& database,
                                                              absl::Time deadline,
                                                              const PageKey& after, int limit) {
  const auto rows =
      database.Query(deadline, kDomains, after.empty() ? "" : after.front(), limit + 1);
  if (!rows.ok()) return rows.status();
  return ToPage<ProfessionalDomain>(*rows, limit, ToDomain, CodeOf);
}

absl::StatusOr<std::vector<Source>> ListSources(database::Database& database, absl::Time deadline) {
  const auto rows = database.Query(deadline, kSources);
  if (!rows.ok()) return rows.status();
  std::vector<Source> sources;
  for (const pqxx::row& row : *rows) {
    Source& source = sources.emplace_back();
    source.name = row["name"].c_str();
    source.version = row["version"].c_str();
    source.imported = database::FromMicros(row["imported"].as<int64_t>());
    absl::CivilDay published;
    if (absl::ParseCivilTime(row["published"].c_str(), &published)) source.published = published;
  }
  return sources;
}

absl::StatusOr<std::optional<Source>> FindSource(database::Database& database, absl::Time deadline,
                                                 const std::string& name) {
  auto sources = ListSources(database, deadline);
  if (!sources.ok()) return sources.status();
  for (Source& source : *sources) {
    if (source.name == name) return std::optional<Source>(std::move(source));
  }
  return std::optional<Source>();
}

}  // namespace dm::catalogue
