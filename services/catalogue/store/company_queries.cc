#include "services/catalogue/store/company_queries.h"

#include "services/catalogue/store/rows.h"
#include "services/catalogue/store/text_search.h"

#include <utility>

namespace dm::catalogue {
namespace {

using database::Statement;
using database::Transaction;

constexpr Statement kSearch{"search_companies", R"sql(
WITH page AS (
  SELECT c.siret, c.sort_key FROM companies c
  WHERE c.offer_count > 0
    AND ($1 = '' OR c.document @@ to_tsquery('pg_catalog.simple', $1))
    AND ($2::text[] = '{}' OR c.department = ANY ($2::text[]))
    AND ($3::text[] = '{}' OR c.sectors && $3::text[])
    AND (c.sort_key, c.siret) > ($4 COLLATE "C", $5)
  ORDER BY c.sort_key, c.siret LIMIT $6
)
SELECT c.siret, c.display_name, c.description, c.naf_code, c.naf_nomenclature,
       coalesce(n.label, '') AS naf_label, sector_list(c.sectors) AS sectors,
       c.street, c.postal_code, m.name AS commune, c.commune_code, c.department, m.latitude,
       m.longitude, c.website, c.offer_count, c.demonstration, page.sort_key
FROM page
JOIN companies c USING (siret)
JOIN communes m ON m.code = c.commune_code
LEFT JOIN naf_codes n ON (n.nomenclature, n.code) = (c.naf_nomenclature, c.naf_code)
ORDER BY page.sort_key, page.siret
)sql"};

constexpr Statement kCount{"count_companies", R"sql(
SELECT count(*) AS total FROM (
  SELECT FROM companies c
  WHERE c.offer_count > 0
    AND ($1 = '' OR c.document @@ to_tsquery('pg_catalog.simple', $1))
    AND ($2::text[] = '{}' OR c.department = ANY ($2::text[]))
    AND ($3::text[] = '{}' OR c.sectors && $3::text[])
  LIMIT $4
) AS found
)sql"};

constexpr Statement kFind{"find_company", R"sql(
SELECT c.siret, c.display_name, c.description, c.naf_code, c.naf_nomenclature,
       coalesce(n.label, '') AS naf_label, sector_list(c.sectors) AS sectors,
       c.street, c.postal_code, m.name AS commune, c.commune_code, c.department, m.latitude,
       m.longitude, c.website, c.offer_count, c.demonstration
FROM companies c
JOIN communes m ON m.code = c.commune_code
LEFT JOIN naf_codes n ON (n.nomenclature, n.code) = (c.naf_nomenclature, c.naf_code)
WHERE c.siret = $1
)sql"};

Company ToCompany(const pqxx::row& row) {
  return {.siret = row["siret"].c_str(),
          .display_name = row["display_name"].c_str(),
          .description = row["description"].c_str(),
          .naf_code = row["naf_code"].c_str(),
          .naf_nomenclature = row["naf_nomenclature"].c_str(),
          .naf_label = row["naf_label"].c_str(),
          .sectors = ToLabelled(row["sectors"].c_str()),
          .place = ToPlace(row),
          .website = row["website"].c_str(),
          .offer_count = row["offer_count"].as<int>(),
          .demonstration = row["demonstration"].as<bool>()};
}

// A key is [tsquery, sort key, SIRET].
constexpr size_t kKeySize = 3;

struct Found {
  int total = 0;
  pqxx::result rows;
};

Found Run(Transaction& transaction, const CompanyCriteria& criteria, const std::string& tsquery) {
  const bool first = criteria.after.size() != kKeySize;
  Found found;
  found.total =
      transaction.Exec(kCount, tsquery, criteria.departments, criteria.sectors, kMostCounted)
          .at(0)["total"]
          .as<int>();
  if (found.total > 0) {
    found.rows = transaction.Exec(kSearch, tsquery, criteria.departments, criteria.sectors,
                                  first ? "" : criteria.after[1], first ? "" : criteria.after[2],
                                  criteria.limit + 1);
  }
  return found;
}

}  // namespace

absl::StatusOr<CompanyPage> SearchCompanies(database::Database& database, absl::Time deadline,
                                            const CompanyCriteria& criteria) {
  return database.Read(deadline, [&](Transaction& transaction) -> absl::StatusOr<CompanyPage> {
    const bool first = criteria.after.size() != kKeySize;
    std::string tsquery = first ? criteria.query.tsquery : criteria.after[0];
    Found found = Run(transaction, criteria, tsquery);
    if (first && found.total == 0 && !criteria.query.empty()) {
      if (TextQuery corrected = CorrectSpelling(transaction, criteria.query); !corrected.empty()) {
        tsquery = corrected.tsquery;
        found = Run(transaction, criteria, tsquery);
      }
    }
    CompanyPage page{.total = found.total};
    for (const pqxx::row& row : found.rows) {
      if (page.companies.size() == static_cast<size_t>(criteria.limit)) {
        const pqxx::row last = found.rows[static_cast<pqxx::result::size_type>(criteria.limit - 1)];
        page.next = PageKey{tsquery, last["sort_key"].c_str(), last["siret"].c_str()};
        break;
      }
      page.companies.push_back(ToCompany(row));
    }
    return page;
  });
}

absl::StatusOr<std::optional<Company>> FindCompany(database::Database& database,
                                                   absl::Time deadline, const std::string& siret) {
  const auto rows = database.Query(deadline, kFind, siret);
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return std::optional<Company>();
  return std::optional<Company>(ToCompany((*rows)[0]));
}

}  // namespace dm::catalogue
