#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/catalogue/domain/offer.h"
#include "services/catalogue/domain/search_rules.h"
#include "services/catalogue/domain/words.h"
#include "services/catalogue/store/page_key.h"

#include <optional>
#include <string>
#include <vector>

namespace dm::catalogue {

struct OfferCriteria {
  TextQuery query;
  std::vector<std::string> departments;
  std::vector<std::string> sectors;
  std::vector<std::string> professions;
  std::vector<std::string> companies;
  std::vector<int> audiences;
  std::optional<Around> around;
  Span span;
  bool available_only = false;
  bool accessible_only = false;
  OfferOrder order = OfferOrder::kDate;
  absl::Time now;
  PageKey after;
  int limit = 20;
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
};

absl::StatusOr<OfferPage> SearchOffers(database::Database& database, absl::Time deadline,
                                       const OfferCriteria& criteria);
// A published offer with its sessions to come.
absl::StatusOr<std::optional<Offer>> FindOffer(database::Database& database, absl::Time deadline,
                                               const std::string& id, absl::Time now);

}  // namespace dm::catalogue
