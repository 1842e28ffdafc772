#pragma once

#include "services/catalogue/search/asked_words.h"
#include "services/catalogue/search/lexicon.h"
#include "services/catalogue/search/offer_columns.h"

#include <string>
#include <vector>

namespace dm::catalogue::search {

// The rows that one asked word finds, and what it is worth to each of them.
class WordMatch {
 public:
  WordMatch(const OfferColumns& columns, const Lexicon& lexicon, const AskedWord& word);

  const Bitmap& rows() const { return rows_; }
  bool IsInTitle(Row row) const { return exact_titles_.Test(row) || other_titles_.Test(row); }
  int ScoreOf(Row row, const OfferColumns::Origin& origin) const;

 private:
  // `exact`: the word itself and not one that begins so, or is spelt so.
  void AddTitles(const Rows& rows, bool exact);
  void AddEntry(const OfferColumns& columns, const Lexicon::Entry& entry, bool exact);

  Bitmap rows_;
  Bitmap exact_titles_;
  Bitmap other_titles_;
  Bitmap exact_companies_;
  Bitmap other_companies_;
  // By number of the profession.
  std::vector<uint16_t> profession_scores_;
};

// The words in `words` that an asked word stands for, at most 500 beginnings among them: calls
// `visit(value, exact)` for each.
template <typename Map, typename Visit>
void ForEachMeant(const Map& words, const AskedWord& asked, Visit visit) {
  constexpr int kMostBeginnings = 500;
  const bool corrected = asked.alternatives.size() > 1;
  for (const std::string& word : asked.alternatives) {
    if (const auto found = words.find(word); found != words.end()) {
      visit(found->second, !corrected);
    }
    if (!asked.prefix) continue;
    int visited = 0;
    for (auto next = words.upper_bound(word);
         next != words.end() && next->first.starts_with(word) && visited < kMostBeginnings;
         ++next, ++visited) {
      visit(next->second, false);
    }
  }
}

}  // namespace dm::catalogue::search
