#include "services/catalogue/store/text_search.h"

#include "absl/strings/str_split.h"

#include <utility>
#include <vector>

namespace dm::catalogue {
namespace {

using database::Statement;

// Of each word of the query, in its order: itself where job titles have it or nothing is spelt like
// it, else up to three words, the likeliest first. `%` finds by the index what shares 0.3 of the
// trigrams; the second condition is ours.
constexpr Statement kCorrect{"correct_spelling", R"sql(
SELECT asked.place, asked.word, near.word AS correction
FROM unnest($1::text[]) WITH ORDINALITY AS asked (word, place)
LEFT JOIN LATERAL (
  SELECT j.word FROM job_words j
  WHERE j.word % asked.word AND similarity(j.word, asked.word) >= 0.35
    AND abs(length(j.word) - length(asked.word)) <= 3
  ORDER BY similarity(j.word, asked.word) DESC, j.word
  LIMIT 3
) AS near ON NOT EXISTS (SELECT FROM job_words j WHERE j.word = asked.word)
ORDER BY asked.place
)sql"};

}  // namespace

TextQuery CorrectSpelling(database::Transaction& transaction, const TextQuery& query) {
  const std::vector<std::string> words = absl::StrSplit(query.folded, ' ', absl::SkipEmpty());
  const pqxx::result rows = transaction.Exec(kCorrect, words);
  std::vector<std::vector<std::string>> alternatives(words.size());
  bool corrected = false;
  for (const pqxx::row& row : rows) {
    auto& choices = alternatives[row["place"].as<size_t>() - 1];
    const auto correction = row["correction"];
    corrected |= !correction.is_null();
    choices.emplace_back(correction.is_null() ? row["word"].c_str() : correction.c_str());
  }
  return corrected ? MakeTextQuery(alternatives) : TextQuery{};
}

}  // namespace dm::catalogue
