#include "services/catalogue/store/profession_queries.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/catalogue/store/profession_columns.h"
#include "services/catalogue/store/rows.h"

#include <algorithm>
#include <tuple>

namespace dm::catalogue {
namespace {

using database::Statement;

// In the order of the codes in $1.
constexpr Statement kFound{"professions_found", "SELECT " DM_PROFESSION_COLUMNS R"sql(
FROM unnest($1::text[]) WITH ORDINALITY AS wanted (rome_code, place)
JOIN professions p USING (rome_code)
ORDER BY wanted.place
)sql"};

// A key is [place, sort key, ROME code].
constexpr size_t kKeySize = 3;

// The first of the hits that a page does not have yet.
std::vector<search::ProfessionHit>::const_iterator FirstAfter(
    const std::vector<search::ProfessionHit>& hits, const PageKey& after) {
  int64_t place = 0;
  if (after.size() != kKeySize || !absl::SimpleAtoi(after[0], &place)) return hits.begin();
  return std::upper_bound(hits.begin(), hits.end(), std::tie(place, after[1], after[2]),
                          [](const auto& key, const search::ProfessionHit& hit) {
                            return key < std::tie(hit.place, hit.sort_key, hit.code);
                          });
}

}  // namespace

absl::StatusOr<ProfessionPage> SearchProfessions(database::Database& database,
                                                 const search::ProfessionIndex& index,
                                                 absl::Time deadline,
                                                 const ProfessionCriteria& criteria) {
  const std::vector<search::ProfessionHit> hits = index.Search(criteria.query);
  ProfessionPage page{.total = static_cast<int>(hits.size())};
  const auto first = FirstAfter(hits, criteria.after);
  const auto last = first + std::min<std::ptrdiff_t>(hits.end() - first, criteria.limit);
  if (first == last) return page;
  if (last != hits.end()) {
    page.next = PageKey{absl::StrCat((last - 1)->place), (last - 1)->sort_key, (last - 1)->code};
  }
  std::vector<std::string> codes;
  for (auto hit = first; hit != last; ++hit) codes.push_back(hit->code);
  const auto rows = database.Query(deadline, kFound, codes);
  if (!rows.ok()) return rows.status();
  auto hit = first;
  for (const pqxx::row& row : *rows) {
    page.professions.push_back(ToProfession(row));
    Profession& profession = page.professions.back();
    while (hit->code != profession.rome_code) ++hit;
    if (hit->job_title.has_value()) profession.appellations.push_back(*hit->job_title);
  }
  return page;
}

}  // namespace dm::catalogue
