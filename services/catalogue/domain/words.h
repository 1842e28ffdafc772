#pragma once

#include "absl/strings/string_view.h"

#include <string>
#include <vector>

// How texts are made comparable for searching. Both sides of every comparison, what is stored and
// what is asked, go through the same functions, so that a rule only has to treat the two alike, not
// to be grammar. A change here calls for an import of everything that is stored folded.
namespace dm::catalogue {

// Lower case without accents; letters and digits alone, in words that one space separates. What
// alphabetical orders compare.
std::string PlainText(absl::string_view text);

// PlainText with plural, gender, doubled letters and little words taken away: "Les développeuses
// web" is "developeu web".
std::string FoldWords(absl::string_view text);

// A query as PostgreSQL's to_tsquery reads it.
struct TextQuery {
  // The words, folded; empty when the query has none.
  std::string folded;
  // All the words; of the last one the beginning is enough, because people search while they type.
  std::string tsquery;

  bool empty() const { return folded.empty(); }
};

TextQuery MakeTextQuery(absl::string_view text);

// A query in which each word may be any of some words. `alternatives` has no empty member.
TextQuery MakeTextQuery(const std::vector<std::vector<std::string>>& alternatives);

}  // namespace dm::catalogue
