#include "services/catalogue/store/seats.h"

#include <vector>

namespace dm::catalogue {
namespace {

using database::Statement;

constexpr Statement kStoreHeld{"store_held_seats", R"sql(
UPDATE sessions s SET held = n.held
FROM unnest($1::uuid[], $2::int[]) AS n (id, held)
WHERE s.id = n.id AND s.held <> n.held
)sql"};

}  // namespace

void StoreHeldSeats(database::Transaction& transaction, const std::map<std::string, int>& held) {
  std::vector<std::string> ids;
  std::vector<int> seats;
  for (const auto& [id, count] : held) {
    ids.push_back(id);
    seats.push_back(count);
  }
  if (!ids.empty()) transaction.Exec(kStoreHeld, ids, seats);
}

}  // namespace dm::catalogue
