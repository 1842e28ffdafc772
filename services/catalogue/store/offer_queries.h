#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/catalogue/domain/offer.h"
#include "services/catalogue/domain/search_rules.h"
#include "services/catalogue/search/offer_index.h"
#include "services/catalogue/store/page_key.h"

#include <optional>
#include <string>
#include <vector>

namespace dm::catalogue {

struct OfferCriteria {
  // With the words as they were typed, for the first page; the rest of it is the index's to see.
  search::OfferQuery query;
  // The days and what else bounds the sessions that are shown.
  Span span;
  absl::Time now;
  PageKey after;
};

struct OfferPage {
  // Each with its sessions that match.
  std::vector<Offer> offers;
  std::optional<PageKey> next;
  int total = 0;
  // Most first. Of départements and audiences without labels.
  std::vector<ValueCount> departments;
  std::vector<ValueCount> sectors;
  std::vector<ValueCount> audiences;
  // What was asked in the end, its spelling put right or not.
  std::vector<search::AskedWord> words;
};

// Which offers match is the index's to say; what is shown of them is read by their keys. One that
// went in between is left out.
absl::StatusOr<OfferPage> SearchOffers(database::Database& database,
                                       const search::OfferIndex& index, absl::Time deadline,
                                       const OfferCriteria& criteria);
// Those of some offers that are published, with their sessions to come, in the order of `ids`.
absl::StatusOr<std::vector<Offer>> FindOffers(database::Database& database, absl::Time deadline,
                                              const std::vector<std::string>& ids, absl::Time now);

}  // namespace dm::catalogue
