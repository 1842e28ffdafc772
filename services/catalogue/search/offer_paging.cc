#include "services/catalogue/search/offer_paging.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/errors/error.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace dm::catalogue::search {
namespace {

constexpr int64_t kForEver = std::numeric_limits<int64_t>::max();

SessionBounds BoundsOf(const OfferCriteria& criteria) {
  const auto micros = [](const std::optional<absl::Time>& time, int64_t otherwise) {
    return time.has_value() ? std::max(absl::ToUnixMicros(*time), int64_t{0}) : otherwise;
  };
  return {.now = absl::ToUnixMicros(criteria.now),
          .from = micros(criteria.span.from, 0),
          .until = micros(criteria.span.until, kForEver),
          .available_only = criteria.query.available_only};
}

// A key is [words, when the first page was read, place, first start, id].
constexpr size_t kKeySize = 5;

PageKey ToKey(const OfferQuery& query, const OfferPosition& last) {
  return {WriteAskedWords(query.words), absl::StrCat(query.as_of), absl::StrCat(last.place),
          absl::StrCat(last.first_start), last.id.ToString()};
}

// Our tokens are signed: whatever is in them was once written by ToKey.
void GoOnAfter(const PageKey& key, OfferQuery* query) {
  OfferPosition after;
  const auto id = OfferId::Parse(key[4]);
  if (!absl::SimpleAtoi(key[1], &query->as_of) || !absl::SimpleAtoi(key[2], &after.place) ||
      !absl::SimpleAtoi(key[3], &after.first_start) || !id.has_value()) {
    return;
  }
  after.id = *id;
  query->words = ReadAskedWords(key[0]);
  query->after = after;
}

OfferQuery ToQuery(const OfferCriteria& criteria, const SessionBounds& bounds) {
  OfferQuery query = criteria.query;
  query.now = bounds.now;
  query.as_of = query.now;
  query.from = bounds.from;
  query.until = bounds.until;
  if (criteria.after.size() == kKeySize) GoOnAfter(criteria.after, &query);
  return query;
}

OfferHits Find(const OfferIndex& index, OfferQuery* query) {
  OfferHits hits = index.Search(*query);
  if (hits.total > 0 || query->after.has_value() || query->words.empty()) return hits;
  std::vector<AskedWord> corrected = index.CorrectSpelling(query->words);
  if (corrected.empty()) return hits;
  query->words = std::move(corrected);
  return index.Search(*query);
}

absl::Time SteadyUntil(const OfferHits& hits) {
  return hits.steady_until == kForEver ? absl::InfiniteFuture()
                                       : absl::FromUnixMicros(hits.steady_until);
}

}  // namespace

absl::StatusOr<OfferPage> FindOfferPage(const OfferIndex& index, const OfferCriteria& criteria) {
  if (!index.whole()) return BackendUnavailableError("search index");
  const SessionBounds bounds = BoundsOf(criteria);
  OfferQuery query = ToQuery(criteria, bounds);
  OfferHits hits = Find(index, &query);
  OfferPage page{.sessions = bounds,
                 .total = hits.total,
                 .departments = std::move(hits.departments),
                 .sectors = std::move(hits.sectors),
                 .audiences = std::move(hits.audiences),
                 .steady_until = SteadyUntil(hits)};
  for (const OfferPosition& hit : hits.page) page.offers.push_back(hit.id);
  if (hits.more) page.next = ToKey(query, hits.page.back());
  page.words = std::move(query.words);
  return page;
}

}  // namespace dm::catalogue::search
