#include "services/catalogue/store/past_offers.h"

namespace dm::catalogue {
namespace {

using database::FromMicros;
using database::Statement;
using database::ToMicros;

constexpr Statement kOneAtATime{
    "archive_one_at_a_time",
    "SELECT pg_try_advisory_xact_lock(hashtext('archive past offers')) AS mine"};

constexpr Statement kPosition{"archive_position", R"sql(
SELECT coalesce((SELECT dm_micros(position) FROM job_cursors WHERE job = 'archive_past'), 0)
  AS position
)sql"};

// An offer is due when one of its sessions ended, or when it was written since: it may have been
// shown again after its last session. One that never had a session waits for its first.
constexpr Statement kDue{"past_offers", R"sql(
WITH due AS (
  SELECT d.id, max(d.at) AS at
  FROM (SELECT s.offer_id AS id, s.end_time AS at
        FROM sessions s WHERE s.end_time >= dm_time($1) AND s.end_time <= dm_time($2)
        UNION ALL
        SELECT o.id, o.update_time
        FROM offers o WHERE o.update_time >= dm_time($1) AND o.update_time <= dm_time($2)) AS d
  GROUP BY d.id
), first AS (
  SELECT o.id, o.siret, d.at
  FROM due d JOIN offers o USING (id)
  WHERE o.published
    AND EXISTS (SELECT FROM sessions s WHERE s.offer_id = o.id)
    AND NOT EXISTS (SELECT FROM sessions s WHERE s.offer_id = o.id AND s.end_time > dm_time($2))
  ORDER BY d.at, o.id LIMIT $3
)
SELECT id, dm_micros(max(at) OVER ()) AS latest FROM first ORDER BY siret, id
)sql"};

constexpr Statement kKeep{"keep_archive_position", R"sql(
INSERT INTO job_cursors (job, position) VALUES ('archive_past', dm_time($1))
ON CONFLICT (job) DO UPDATE SET position = excluded.position
)sql"};

// Replicas' clocks differ, and a transaction commits some time after it looked at its own.
constexpr absl::Duration kOverlap = absl::Minutes(10);

}  // namespace

std::optional<PastOffers> TakePastOffers(database::Transaction& transaction, absl::Time now,
                                         int most) {
  if (!transaction.Exec(kOneAtATime).at(0)["mine"].as<bool>()) return std::nullopt;
  const absl::Time kept = FromMicros(transaction.Exec(kPosition).at(0)["position"].as<int64_t>());
  PastOffers past{.position = now};
  const pqxx::result rows = transaction.Exec(kDue, ToMicros(kept - kOverlap), ToMicros(now), most);
  for (const pqxx::row& row : rows) past.ids.emplace_back(row["id"].c_str());
  if (static_cast<int>(past.ids.size()) == most) {
    past.position = FromMicros(rows[0]["latest"].as<int64_t>());
  }
  return past;
}

void KeepPastPosition(database::Transaction& transaction, absl::Time position) {
  transaction.Exec(kKeep, ToMicros(position));
}

}  // namespace dm::catalogue
