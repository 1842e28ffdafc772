#include "services/catalogue/store/derived_columns.h"

namespace dm::catalogue {
namespace {

using database::Statement;

constexpr Statement kRefreshOffers{"refresh_offers",
                                   "SELECT refresh_offer_search('{}', '{}', $1::uuid[])"};

constexpr Statement kRefreshOffersOf{"refresh_offers_of_companies",
                                     "SELECT refresh_offer_search($1::text[], '{}', '{}')"};

constexpr Statement kCountOffers{"count_offers_of_companies", R"sql(
UPDATE companies c SET offer_count = n.offers
FROM (SELECT i.siret, count(o.id) FILTER (WHERE o.published) AS offers
      FROM (SELECT DISTINCT siret FROM unnest($1::text[]) AS siret) AS i
      LEFT JOIN offers o USING (siret) GROUP BY i.siret) AS n
WHERE c.siret = n.siret AND c.offer_count <> n.offers
)sql"};

constexpr Statement kOffersOf{
    "offers_of_companies",
    "SELECT coalesce(array_agg(id), '{}') AS ids FROM offers WHERE siret = ANY ($1::text[])"};

}  // namespace

void RefreshOffers(database::Transaction& transaction, const std::string& offer_ids) {
  transaction.Exec(kRefreshOffers, offer_ids);
}

void RefreshOffersOf(database::Transaction& transaction, const std::string& sirets) {
  transaction.Exec(kRefreshOffersOf, sirets);
}

void CountOffers(database::Transaction& transaction, const std::string& sirets) {
  transaction.Exec(kCountOffers, sirets);
}

std::string OffersOf(database::Transaction& transaction, const std::string& sirets) {
  return transaction.Exec(kOffersOf, sirets).at(0)["ids"].c_str();
}

}  // namespace dm::catalogue
