#include "services/catalogue/search/word_match.h"

#include <algorithm>

namespace dm::catalogue::search {
namespace {

// A word that only begins as what was asked, or is only spelt like it.
constexpr uint16_t Lessened(uint16_t score) { return static_cast<uint16_t>(score * 3 / 4); }

}  // namespace

WordMatch::WordMatch(const OfferColumns& columns, const Lexicon& lexicon, const AskedWord& word)
    : profession_scores_(columns.professions.size()) {
  ForEachMeant(columns.of_title_word, word,
               [this](const Rows& rows, bool exact) { AddTitles(rows, exact); });
  ForEachMeant(lexicon.words, word,
               [&](const Lexicon::Entry& entry, bool exact) { AddEntry(columns, entry, exact); });
  rows_ |= exact_titles_;
  rows_ |= other_titles_;
}

void WordMatch::AddTitles(const Rows& rows, bool exact) {
  Bitmap& titles = exact ? exact_titles_ : other_titles_;
  for (const Row row : rows) titles.Set(row);
}

void WordMatch::AddEntry(const OfferColumns& columns, const Lexicon::Entry& entry, bool exact) {
  for (const Lexicon::Profession& profession : entry.professions) {
    if (profession.number >= columns.of_profession.size()) continue;
    uint16_t& score = profession_scores_[profession.number];
    if (score == 0) {
      for (const Row row : columns.of_profession[profession.number]) rows_.Set(row);
    }
    score = std::max(score, exact ? profession.score : Lessened(profession.score));
  }
  for (const uint32_t company : entry.companies) {
    if (company >= columns.of_company.size()) continue;
    (exact ? exact_companies_ : other_companies_).Set(company);
    for (const Row row : columns.of_company[company]) rows_.Set(row);
  }
}

int WordMatch::ScoreOf(Row row, const OfferColumns::Origin& origin) const {
  if (exact_titles_.Test(row)) return kTitleScore;
  int score = other_titles_.Test(row) ? Lessened(kTitleScore) : 0;
  score = std::max<int>(score, profession_scores_[origin.profession]);
  if (exact_companies_.Test(origin.company)) return std::max<int>(score, kCompanyScore);
  if (other_companies_.Test(origin.company)) {
    return std::max<int>(score, Lessened(kCompanyScore));
  }
  return score;
}

}  // namespace dm::catalogue::search
