#include "services/catalogue/store/profession_queries.h"

#include "absl/strings/str_cat.h"
#include "services/catalogue/store/rows.h"
#include "services/catalogue/store/text_search.h"

#include <utility>

namespace dm::catalogue {
namespace {

using database::Statement;
using database::Transaction;

// Without words: everything at rank 0. With words: how like the title or job title is to what was
// asked, in thousandths; a title weighs more than a job title, and what only the whole of titles
// and definition has comes last.
constexpr Statement kSearch{"search_professions", R"sql(
WITH asked AS (
  SELECT to_tsquery('pg_catalog.simple', $1) AS words, $2::text AS folded
), hits AS (
  SELECT p.rome_code,
         CASE WHEN $1 = '' OR NOT p.title_document @@ a.words THEN 0
              ELSE round(similarity(p.folded_title, a.folded) * 1000)::int + 150 END AS rank,
         NULL::text AS ogr_code
  FROM professions p, asked a WHERE $1 = '' OR p.whole_document @@ a.words
  UNION ALL
  SELECT t.rome_code, round(similarity(t.folded, a.folded) * 1000)::int, t.ogr_code
  FROM appellations t, asked a WHERE $1 <> '' AND t.document @@ a.words AND NOT t.obsolete
), best AS (
  SELECT rome_code, max(rank) AS rank,
         (array_agg(ogr_code ORDER BY rank DESC, ogr_code)
            FILTER (WHERE ogr_code IS NOT NULL))[1] AS ogr_code
  FROM hits GROUP BY rome_code
), found AS (
  SELECT p.rome_code, b.rank, p.sort_key, b.ogr_code, count(*) OVER () AS total
  FROM best b JOIN professions p USING (rome_code)
  WHERE NOT p.obsolete
    AND ($3::text[] = '{}' OR p.sectors && $3::text[])
    AND ($4::text[] = '{}' OR EXISTS (
      SELECT FROM profession_interests i
      WHERE i.rome_code = p.rome_code AND NOT i.obsolete AND i.interest_code = ANY ($4::text[])))
    AND ($5::text[] = '{}' OR p.riasec_major = ANY ($5::text[])
         OR p.riasec_minor = ANY ($5::text[]))
), page AS (
  SELECT * FROM found
  WHERE $6::int IS NULL OR (-rank, sort_key, rome_code) > (-$6::int, $7 COLLATE "C", $8)
  ORDER BY -rank, sort_key, rome_code LIMIT $9
)
SELECT p.rome_code, p.title, p.definition, p.access, p.riasec_major || p.riasec_minor AS riasec,
       p.obsolete, page.rank, page.sort_key, page.total, page.ogr_code, t.label AS appellation,
       sector_list(p.sectors) AS sectors, interest_list(p.rome_code) AS interests
FROM page
JOIN professions p USING (rome_code)
LEFT JOIN appellations t ON t.ogr_code = page.ogr_code
ORDER BY -page.rank, page.sort_key, page.rome_code
)sql"};

// A key is [folded, tsquery, rank, sort key, ROME code, total]: what was asked in the end,
// corrected or not, must not change from one page to the next.
constexpr size_t kKeySize = 6;

pqxx::result Run(Transaction& transaction, const ProfessionCriteria& criteria,
                 const TextQuery& query) {
  const bool first = criteria.after.size() != kKeySize;
  const auto rank = first ? std::nullopt : std::optional<std::string>(criteria.after[2]);
  return transaction.Exec(kSearch, query.tsquery, query.folded, criteria.sectors,
                          criteria.interests, criteria.riasec, rank, first ? "" : criteria.after[3],
                          first ? "" : criteria.after[4], criteria.limit + 1);
}

ProfessionPage ToPage(const pqxx::result& rows, const ProfessionCriteria& criteria,
                      const TextQuery& query) {
  ProfessionPage page;
  if (!rows.empty()) page.total = rows[0]["total"].as<int>();
  for (const pqxx::row& row : rows) {
    if (page.professions.size() == static_cast<size_t>(criteria.limit)) {
      const pqxx::row last = rows[static_cast<pqxx::result::size_type>(criteria.limit - 1)];
      page.next = PageKey{query.folded,
                          query.tsquery,
                          last["rank"].c_str(),
                          last["sort_key"].c_str(),
                          last["rome_code"].c_str(),
                          absl::StrCat(page.total)};
      break;
    }
    page.professions.push_back(ToProfession(row));
    if (!row["ogr_code"].is_null()) {
      page.professions.back().appellations.push_back(
          {row["ogr_code"].c_str(), row["appellation"].c_str()});
    }
  }
  return page;
}

}  // namespace

absl::StatusOr<ProfessionPage> SearchProfessions(database::Database& database, absl::Time deadline,
                                                 const ProfessionCriteria& criteria) {
  return database.Read(deadline, [&](Transaction& transaction) -> absl::StatusOr<ProfessionPage> {
    const bool first = criteria.after.size() != kKeySize;
    TextQuery query = first ? criteria.query : TextQuery{criteria.after[0], criteria.after[1]};
    pqxx::result rows = Run(transaction, criteria, query);
    if (first && rows.empty() && !query.empty()) {
      if (TextQuery corrected = CorrectSpelling(transaction, query); !corrected.empty()) {
        query = std::move(corrected);
        rows = Run(transaction, criteria, query);
      }
    }
    return ToPage(rows, criteria, query);
  });
}

}  // namespace dm::catalogue
