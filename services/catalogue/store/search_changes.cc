#include "services/catalogue/store/search_changes.h"

namespace dm::catalogue {
namespace {

using database::Statement;

constexpr Statement kTouchOffers{"touch_offers", "SELECT touch_offers($1::uuid[], dm_time($2))"};
constexpr Statement kTouchWords{"touch_words", "SELECT touch_words(dm_time($1))"};

}  // namespace

void TouchOffers(database::Transaction& transaction, const std::vector<std::string>& offer_ids,
                 absl::Time now) {
  if (!offer_ids.empty()) transaction.Exec(kTouchOffers, offer_ids, database::ToMicros(now));
}

void TouchOffers(database::Transaction& transaction, const std::string& offer_ids, absl::Time now) {
  transaction.Exec(kTouchOffers, offer_ids, database::ToMicros(now));
}

void TouchWords(database::Transaction& transaction, absl::Time now) {
  transaction.Exec(kTouchWords, database::ToMicros(now));
}

}  // namespace dm::catalogue
