#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/catalogue/domain/page_key.h"
#include "services/catalogue/domain/search_rules.h"
#include "services/catalogue/search/offer_index.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace dm::catalogue::search {

struct OfferCriteria {
  // With the words as they were typed, for the first page; the rest of it is the index's to see.
  OfferQuery query;
  // The days that sessions have to be in.
  Span span;
  absl::Time now;
  PageKey after;
};

// Which of an offer's sessions a search shows: those that start after `now`, at `from` or later and
// before `until`, in microseconds since the Unix epoch.
struct SessionBounds {
  int64_t now = 0;
  int64_t from = 0;
  int64_t until = 0;
  bool available_only = false;

  bool Hold(int64_t start, bool has_seats) const {
    return start > now && start >= from && start < until && (has_seats || !available_only);
  }
};

struct OfferPage {
  // In order.
  std::vector<OfferId> offers;
  SessionBounds sessions;
  std::optional<PageKey> next;
  int total = 0;
  // Most first. Of départements and audiences without labels.
  std::vector<ValueCount> departments;
  std::vector<ValueCount> sectors;
  std::vector<ValueCount> audiences;
  // What was asked in the end, its spelling put right or not.
  std::vector<AskedWord> words;
  // While nothing changes, the page stays as it is until then.
  absl::Time steady_until;
};

// UNAVAILABLE before the index is whole.
absl::StatusOr<OfferPage> FindOfferPage(const OfferIndex& index, const OfferCriteria& criteria);

}  // namespace dm::catalogue::search
