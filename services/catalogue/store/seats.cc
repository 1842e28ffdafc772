#include "services/catalogue/store/seats.h"

namespace dm::catalogue {
namespace {

using database::Statement;

constexpr Statement kStoreHeld{"store_held_seats", R"sql(
WITH changed AS (
  UPDATE sessions s SET held = n.held
  FROM unnest($1::uuid[], $2::int[]) AS n (id, held)
  WHERE s.id = n.id AND s.held <> n.held
  RETURNING s.offer_id
)
SELECT DISTINCT offer_id FROM changed ORDER BY offer_id
)sql"};

}  // namespace

std::vector<std::string> StoreHeldSeats(database::Transaction& transaction,
                                        const std::map<std::string, int>& held) {
  std::vector<std::string> ids;
  std::vector<int> seats;
  for (const auto& [id, count] : held) {
    ids.push_back(id);
    seats.push_back(count);
  }
  std::vector<std::string> offers;
  if (ids.empty()) return offers;
  for (const pqxx::row& row : transaction.Exec(kStoreHeld, ids, seats)) {
    offers.emplace_back(row["offer_id"].c_str());
  }
  return offers;
}

}  // namespace dm::catalogue
