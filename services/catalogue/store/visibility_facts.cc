#include "services/catalogue/store/visibility_facts.h"

#include "absl/time/civil_time.h"
#include "common/time/clock.h"

namespace dm::catalogue {
namespace {

constexpr database::Statement kHistory{"offer_history", R"sql(
SELECT dm_micros((SELECT max(at) FROM offer_transitions WHERE offer_id = $1::uuid)) AS since,
       coalesce((SELECT requests FROM company_requests
                 WHERE siret = $2 AND month = $3::date), 0) AS requests
)sql"};

}  // namespace

absl::StatusOr<OfferHistory> FindOfferHistory(database::Database& database, absl::Time deadline,
                                              const std::string& offer, const std::string& siret,
                                              absl::Time now) {
  const absl::CivilDay month(absl::CivilMonth(absl::ToCivilDay(now, ParisTimeZone())));
  const auto rows = database.Query(deadline, kHistory, offer, siret, absl::FormatCivilTime(month));
  if (!rows.ok()) return rows.status();
  OfferHistory history{.requests_this_month = (*rows)[0]["requests"].as<int>()};
  if (!(*rows)[0]["since"].is_null()) {
    history.state_since = database::FromMicros((*rows)[0]["since"].as<int64_t>());
  }
  return history;
}

}  // namespace dm::catalogue
