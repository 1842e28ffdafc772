#include "services/booking/store/people_lock.h"

namespace dm::booking {
namespace {

using database::Statement;

// In one order, so that two that lock the same people do not wait for each other.
constexpr Statement kLockPeople{"lock_people_of_facts", R"sql(
  SELECT pg_advisory_xact_lock(hashtextextended(person, 0))
  FROM (SELECT DISTINCT person FROM unnest($1::text[]) AS person ORDER BY person) AS ordered
)sql"};

// Rows are taken in the order of their ids, as the ledger changes them. One that is due already
// stays so.
constexpr Statement kRequestReview{"request_review", R"sql(
  WITH concerned AS (
    SELECT id FROM bookings
    WHERE applicant = ANY ($1::text[])
      AND state IN ('WAITLISTED', 'OFFERED', 'PENDING_CONSENT', 'PENDING_HOST', 'CONFIRMED')
    ORDER BY id FOR NO KEY UPDATE
  )
  UPDATE bookings SET review_time = least(review_time, dm_time($2))
  FROM concerned WHERE bookings.id = concerned.id
)sql"};

}  // namespace

void LockPeople(database::Transaction& transaction, const std::vector<std::string>& people) {
  if (people.empty()) return;
  transaction.Exec(kLockPeople, people);
}

void RequestReview(database::Transaction& transaction, const std::vector<std::string>& people,
                   absl::Time now) {
  if (people.empty()) return;
  transaction.Exec(kRequestReview, people, database::ToMicros(now));
}

}  // namespace dm::booking
