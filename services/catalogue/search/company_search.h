#pragma once

#include "services/catalogue/domain/labelled.h"
#include "services/catalogue/domain/search_rules.h"
#include "services/catalogue/search/asked_words.h"
#include "services/catalogue/search/lexicon.h"
#include "services/catalogue/search/offer_columns.h"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dm::catalogue::search {

// Where a company stands: metres from the point or 0, as the order has it, then by name.
struct CompanyPosition {
  int64_t place = 0;
  std::string sort_key;
  std::string siret;

  auto operator<=>(const CompanyPosition&) const = default;
};

// Companies with a published offer. All conditions hold at once; an empty list is no condition, and
// of a list one value is enough.
struct CompanyQuery {
  std::vector<AskedWord> words;
  std::vector<std::string> departments;
  std::vector<std::string> sectors;
  // Of a published offer.
  std::vector<std::string> professions;
  // The first digits of the SIRET.
  std::string siren;
  std::optional<Around> around;
  bool by_distance = false;
  // Of the last company of the page before.
  std::optional<CompanyPosition> after;
  int limit = 20;
};

struct CompanyHits {
  // In order.
  std::vector<CompanyPosition> page;
  // Whether there are any after the page.
  bool more = false;
  int total = 0;
  // Each as if its own condition had not been asked for; most first. Of départements without
  // labels.
  std::vector<ValueCount> departments;
  std::vector<ValueCount> sectors;
};

CompanyHits SearchCompanies(const OfferColumns& columns, const Lexicon& lexicon,
                            const CompanyQuery& query);

// The words with those that no company has replaced by the words that are spelt most like them.
// Empty when there is nothing to put right.
std::vector<AskedWord> CorrectCompanySpelling(const Lexicon& lexicon,
                                              const std::vector<AskedWord>& words);

}  // namespace dm::catalogue::search
