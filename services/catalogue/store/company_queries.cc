#include "services/catalogue/store/company_queries.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/errors/error.h"
#include "services/catalogue/store/rows.h"

#include <utility>

namespace dm::catalogue {
namespace {

using database::Statement;

// In the order of the SIRETs in $1; the limit is there for the plan, as in offer_queries.cc.
constexpr Statement kFound{"companies_found", R"sql(
SELECT c.siret, c.display_name, c.description, c.naf_code, c.naf_nomenclature,
       coalesce(n.label, '') AS naf_label, c.naf25_code, coalesce(f.label, '') AS naf25_label,
       (SELECT string_agg(s.code || chr(31) || s.label, chr(30) ORDER BY s.sort_key, s.code)
        FROM sectors s WHERE s.code = ANY (c.sectors)) AS sectors,
       c.street, c.postal_code, m.name AS commune, c.commune_code, c.department, m.latitude,
       m.longitude, c.website, c.offer_count, c.demonstration
FROM (SELECT * FROM unnest($1::text[]) WITH ORDINALITY LIMIT cardinality($1::text[]))
  AS wanted (siret, place)
JOIN companies c USING (siret)
JOIN communes m ON m.code = c.commune_code
LEFT JOIN naf_codes n ON (n.nomenclature, n.code) = (c.naf_nomenclature, c.naf_code)
LEFT JOIN naf_codes f ON (f.nomenclature, f.code) = ('NAF2025', c.naf25_code)
ORDER BY wanted.place
)sql"};

constexpr Statement kFind{"find_company", R"sql(
SELECT c.siret, c.display_name, c.description, c.naf_code, c.naf_nomenclature,
       coalesce(n.label, '') AS naf_label, c.naf25_code, coalesce(f.label, '') AS naf25_label,
       sector_list(c.sectors) AS sectors,
       c.street, c.postal_code, m.name AS commune, c.commune_code, c.department, m.latitude,
       m.longitude, c.website, c.offer_count, c.demonstration
FROM companies c
JOIN communes m ON m.code = c.commune_code
LEFT JOIN naf_codes n ON (n.nomenclature, n.code) = (c.naf_nomenclature, c.naf_code)
LEFT JOIN naf_codes f ON (f.nomenclature, f.code) = ('NAF2025', c.naf25_code)
WHERE c.siret = $1
)sql"};

Company ToCompany(const pqxx::row& row) {
  return {.siret = row["siret"].c_str(),
          .display_name = row["display_name"].c_str(),
          .description = row["description"].c_str(),
          .naf_code = row["naf_code"].c_str(),
          .naf_nomenclature = row["naf_nomenclature"].c_str(),
          .naf_label = row["naf_label"].c_str(),
          .naf25_code = row["naf25_code"].c_str(),
          .naf25_label = row["naf25_label"].c_str(),
          .sectors = ToLabelled(row["sectors"].c_str()),
          .place = ToPlace(row),
          .website = row["website"].c_str(),
          .offer_count = row["offer_count"].as<int>(),
          .demonstration = row["demonstration"].as<bool>()};
}

// A key is [words, place, sort key, SIRET].
constexpr size_t kKeySize = 4;

// Our tokens are signed: whatever is in them was once written by us.
void GoOnAfter(const PageKey& key, search::CompanyQuery* query) {
  search::CompanyPosition after{.sort_key = key[2], .siret = key[3]};
  if (!absl::SimpleAtoi(key[1], &after.place)) return;
  query->words = search::ReadAskedWords(key[0]);
  query->after = std::move(after);
}

search::CompanyHits Find(const search::OfferIndex& index, search::CompanyQuery* query) {
  search::CompanyHits hits = index.SearchCompanies(*query);
  if (hits.total > 0 || query->after.has_value() || query->words.empty()) return hits;
  std::vector<search::AskedWord> corrected = index.CorrectCompanySpelling(query->words);
  if (corrected.empty()) return hits;
  query->words = std::move(corrected);
  return index.SearchCompanies(*query);
}

}  // namespace

absl::StatusOr<CompanyPage> SearchCompanies(database::Database& database,
                                            const search::OfferIndex& index, absl::Time deadline,
                                            search::CompanyQuery query, const PageKey& after) {
  if (!index.whole()) return BackendUnavailableError("search index");
  if (after.size() == kKeySize) GoOnAfter(after, &query);
  search::CompanyHits hits = Find(index, &query);
  CompanyPage page{.total = hits.total,
                   .departments = std::move(hits.departments),
                   .sectors = std::move(hits.sectors)};
  std::vector<std::string> sirets;
  for (const search::CompanyPosition& hit : hits.page) sirets.push_back(hit.siret);
  auto found = FindCompanies(database, deadline, sirets);
  if (!found.ok()) return found.status();
  page.companies = *std::move(found);
  if (hits.more) {
    const search::CompanyPosition& last = hits.page.back();
    page.next = PageKey{search::WriteAskedWords(query.words), absl::StrCat(last.place),
                        last.sort_key, last.siret};
  }
  page.words = std::move(query.words);
  return page;
}

absl::StatusOr<std::vector<Company>> FindCompanies(database::Database& database,
                                                   absl::Time deadline,
                                                   const std::vector<std::string>& sirets) {
  std::vector<Company> companies;
  if (sirets.empty()) return companies;
  const auto rows = database.Query(deadline, kFound, sirets);
  if (!rows.ok()) return rows.status();
  for (const pqxx::row& row : *rows) companies.push_back(ToCompany(row));
  return companies;
}

absl::StatusOr<std::optional<Company>> FindCompany(database::Database& database,
                                                   absl::Time deadline, const std::string& siret) {
  const auto rows = database.Query(deadline, kFind, siret);
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return std::optional<Company>();
  Company company = ToCompany((*rows)[0]);
  const auto sites = database.Query(deadline, kSitesOfCompany, siret);
  if (!sites.ok()) return sites.status();
  company.sites = ToSites(*sites);
  return std::optional<Company>(std::move(company));
}

}  // namespace dm::catalogue
