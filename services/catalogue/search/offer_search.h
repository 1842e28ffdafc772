#pragma once

#include "services/catalogue/search/lexicon.h"
#include "services/catalogue/search/offer_columns.h"
#include "services/catalogue/search/offer_query.h"

#include <vector>

namespace dm::catalogue::search {

OfferHits Search(const OfferColumns& columns, const Lexicon& lexicon, const OfferQuery& query);

// The words with those that nothing has replaced by the words that are spelt most like them. Empty
// when there is nothing to put right.
std::vector<AskedWord> CorrectSpelling(const OfferColumns& columns, const Lexicon& lexicon,
                                       const std::vector<AskedWord>& words);

}  // namespace dm::catalogue::search
