#include "services/catalogue/store/visibility_facts.h"

#include "absl/time/civil_time.h"
#include "common/time/clock.h"

#include <string>

namespace dm::catalogue {
namespace {

constexpr database::Statement kHistory{"offer_history", R"sql(
SELECT dm_micros((SELECT max(at) FROM offer_transitions t WHERE t.offer_id = wanted.offer_id))
         AS since,
       coalesce((SELECT requests FROM company_requests r
                 WHERE r.siret = wanted.siret AND r.month = $3::date), 0) AS requests
FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS wanted (offer_id, siret, place)
ORDER BY wanted.place
)sql"};

}  // namespace

absl::StatusOr<std::vector<OfferHistory>> FindOfferHistories(
    database::Database& database, absl::Time deadline, const std::vector<OfferRecord>& records,
    absl::Time now) {
  const absl::CivilDay month(absl::CivilMonth(absl::ToCivilDay(now, ParisTimeZone())));
  std::vector<std::string> offers, sirets;
  for (const OfferRecord& record : records) {
    offers.push_back(record.offer.id);
    sirets.push_back(record.offer.siret);
  }
  const auto rows =
      database.Query(deadline, kHistory, offers, sirets, absl::FormatCivilTime(month));
  if (!rows.ok()) return rows.status();
  std::vector<OfferHistory> histories;
  for (const pqxx::row& row : *rows) {
    OfferHistory& history = histories.emplace_back();
    history.requests_this_month = row["requests"].as<int>();
    if (!row["since"].is_null()) {
      history.state_since = database::FromMicros(row["since"].as<int64_t>());
    }
  }
  return histories;
}

}  // namespace dm::catalogue
