#include "services/catalogue/store/offer_export.h"

#include "services/catalogue/store/offer_queries.h"

namespace dm::catalogue {
namespace {

using database::Statement;

// Two statements, of which each walks one index: the order of all offers' ids would tempt the
// planner to look for a small département in the whole table.
constexpr char kLeastId[] = "00000000-0000-0000-0000-000000000000";

constexpr Statement kNext{"offers_to_export", R"sql(
SELECT id FROM offers
WHERE department = $1 AND published AND id > $2::uuid
ORDER BY id LIMIT $3
)sql"};

constexpr Statement kNextChanged{"changed_offers_to_export", R"sql(
SELECT id FROM offers
WHERE department = $1 AND published AND id > $2::uuid AND update_time >= dm_time($4)
ORDER BY id LIMIT $3
)sql"};

}  // namespace

absl::StatusOr<ExportBatch> NextOffersToExport(database::Database& database, absl::Time deadline,
                                               const ExportPosition& position,
                                               std::optional<absl::Time> changed_since,
                                               absl::Time now) {
  const std::string after = position.offer.empty() ? kLeastId : position.offer;
  const auto rows =
      changed_since.has_value()
          ? database.Query(deadline, kNextChanged, position.department, after, kMostExportedAtOnce,
                           database::ToMicros(*changed_since))
          : database.Query(deadline, kNext, position.department, after, kMostExportedAtOnce);
  if (!rows.ok()) return rows.status();
  std::vector<std::string> ids;
  for (const pqxx::row& row : *rows) ids.emplace_back(row["id"].c_str());
  auto offers = FindOffers(database, deadline, ids, now, kAllSessions);
  if (!offers.ok()) return offers.status();
  ExportBatch batch{.offers = *std::move(offers)};
  if (!ids.empty()) batch.last = ids.back();
  return batch;
}

}  // namespace dm::catalogue
