#include "services/catalogue/store/search_counts.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "services/catalogue/domain/counted_words.h"

#include <cstdint>

namespace dm::catalogue {
namespace {

using database::Statement;

constexpr Statement kAdd{"add_searches", R"sql(
INSERT INTO search_counts AS t (day, kind, words, searches, empty)
SELECT $1::date, kind, words, searches, empty
FROM unnest($2::smallint[], $3::text[], $4::integer[], $5::integer[])
  AS counted (kind, words, searches, empty)
ON CONFLICT (day, kind, words) DO UPDATE
SET searches = t.searches + excluded.searches, empty = t.empty + excluded.empty
)sql"};

constexpr Statement kForget{"forget_searches", R"sql(
DELETE FROM search_counts WHERE day < $2::date OR (day < $1::date AND searches < $3)
)sql"};

constexpr Statement kList{"frequent_searches", R"sql(
SELECT words, searches, empty, rank FROM (
  SELECT words, sum(searches) AS searches, sum(empty) AS empty,
         CASE WHEN $4 THEN sum(empty) ELSE sum(searches) END AS rank
  FROM search_counts
  WHERE day BETWEEN $1::date AND $2::date AND kind = coalesce($3::smallint, kind)
    AND searches >= $5
  GROUP BY words
) AS summed
WHERE rank > 0 AND ($6::bigint IS NULL OR rank < $6 OR (rank = $6 AND words > $7 COLLATE "C"))
ORDER BY rank DESC, words
LIMIT $8
)sql"};

// A key is [rank, words].
constexpr size_t kKeySize = 2;

}  // namespace

absl::Status AddSearches(database::Database& database, absl::Time deadline, absl::CivilDay day,
                         const std::vector<CountedSearch>& counted) {
  std::vector<int> kinds;
  std::vector<std::string> words;
  std::vector<int> searches;
  std::vector<int> empty;
  for (const CountedSearch& one : counted) {
    kinds.push_back(static_cast<int>(one.subject));
    words.push_back(one.words);
    searches.push_back(one.searches);
    empty.push_back(one.empty);
  }
  return database.Write(deadline, [&](database::Transaction& transaction) {
    transaction.Exec(kAdd, absl::FormatCivilTime(day), kinds, words, searches, empty);
    return absl::OkStatus();
  });
}

absl::Status ForgetSearches(database::Database& database, absl::Time deadline, absl::CivilDay day,
                            absl::CivilDay oldest) {
  return database.Write(deadline, [&](database::Transaction& transaction) {
    transaction.Exec(kForget, absl::FormatCivilTime(day), absl::FormatCivilTime(oldest),
                     kFewestShownSearches);
    return absl::OkStatus();
  });
}

absl::StatusOr<FrequentSearches> ListFrequentSearches(database::Database& database,
                                                      absl::Time deadline,
                                                      const FrequentSearchQuery& query) {
  std::optional<int> kind;
  if (query.subject.has_value()) kind = static_cast<int>(*query.subject);
  std::optional<int64_t> rank;
  std::string words;
  if (query.after.size() == kKeySize) {
    int64_t number = 0;
    if (absl::SimpleAtoi(query.after[0], &number)) rank = number;
    words = query.after[1];
  }
  const auto rows = database.Query(deadline, kList, absl::FormatCivilTime(query.first),
                                   absl::FormatCivilTime(query.last), kind, query.in_vain,
                                   kFewestShownSearches, rank, words, query.limit + 1);
  if (!rows.ok()) return rows.status();
  FrequentSearches found;
  for (const pqxx::row& row : *rows) {
    if (found.searches.size() == static_cast<size_t>(query.limit)) break;
    found.searches.push_back({.words = row["words"].c_str(),
                              .searches = row["searches"].as<int>(),
                              .empty = row["empty"].as<int>()});
  }
  if (rows->size() > static_cast<size_t>(query.limit)) {
    const CountedSearch& last = found.searches.back();
    found.next = {absl::StrCat(query.in_vain ? last.empty : last.searches), last.words};
  }
  return found;
}

}  // namespace dm::catalogue
