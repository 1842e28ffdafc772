#include "services/catalogue/store/session_cancellation.h"

#include "destinationmetier/event/v1/resource_events.pb.h"
#include "destinationmetier/event/v1/session_events.pb.h"

#include <algorithm>

namespace dm::catalogue {
namespace {

namespace event = destinationmetier::event::v1;

using database::Statement;

// Before its session, as everybody does: the cancellation changes it too.
constexpr Statement kLockOffer{"lock_offer_of_session",
                               "SELECT FROM offers WHERE id = $1::uuid FOR UPDATE"};

// An offer that is not published has sessions too, and people who booked them before.
constexpr Statement kLock{"lock_session", R"sql(
SELECT o.siret, c.department, dm_micros(s.start_time) AS start_time,
       dm_micros(s.end_time) AS end_time, s.capacity, s.held,
       dm_micros(s.cancel_time) AS cancel_time
FROM sessions s
JOIN offers o ON o.id = s.offer_id
JOIN companies c USING (siret)
WHERE s.id = $2::uuid AND s.offer_id = $1::uuid
FOR UPDATE OF s
)sql"};

constexpr Statement kCancel{"cancel_session", R"sql(
UPDATE sessions
SET closed = true, cancel_time = dm_time($4), cancelled_by = $2, cancel_reason = $3,
    version = version + 1
WHERE id = $1::uuid
RETURNING version, (
  SELECT m.department
  FROM offers o JOIN companies c USING (siret)
  LEFT JOIN sites x ON (x.siret, x.key) = (o.siret, o.site_key)
  JOIN communes m ON m.code = coalesce(x.commune_code, c.commune_code)
  WHERE o.id = sessions.offer_id
) AS department
)sql"};

constexpr Statement kDate{"date_offer_of_cancelled_session", R"sql(
UPDATE offers SET update_time = greatest(update_time, dm_time($2)) WHERE id = $1::uuid
)sql"};

}  // namespace

std::optional<HostedSession> LockSession(database::Transaction& transaction,
                                         const SessionName& name) {
  transaction.Exec(kLockOffer, name.offer);
  const pqxx::result rows = transaction.Exec(kLock, name.offer, name.session);
  if (rows.empty()) return std::nullopt;
  const pqxx::row row = rows[0];
  const int capacity = row["capacity"].as<int>();
  HostedSession hosted{.name = name,
                       .siret = row["siret"].c_str(),
                       .department = row["department"].c_str(),
                       .session = {.id = name.session,
                                   .start = database::FromMicros(row["start_time"].as<int64_t>()),
                                   .end = database::FromMicros(row["end_time"].as<int64_t>()),
                                   .capacity = capacity,
                                   .available = std::max(0, capacity - row["held"].as<int>())}};
  if (!row["cancel_time"].is_null()) {
    hosted.session.cancel_time = database::FromMicros(row["cancel_time"].as<int64_t>());
    hosted.session.available = 0;
  }
  return hosted;
}

std::vector<events::NewEvent> CancelSession(database::Transaction& transaction,
                                            const SessionName& name, absl::string_view person,
                                            absl::string_view reason, absl::Time now) {
  const pqxx::result rows =
      transaction.Exec(kCancel, name.session, person, reason, database::ToMicros(now));
  transaction.Exec(kDate, name.offer, database::ToMicros(now));
  event::SessionClosed closed;
  closed.set_session(name.Full());
  closed.set_version(rows.at(0)["version"].as<int64_t>());
  closed.set_cancelled(true);
  closed.set_department(rows[0]["department"].c_str());
  event::ResourceChanged changed;
  changed.set_name(name.OfferName());
  return {events::MakeEvent(closed.session(), closed), events::MakeEvent(changed.name(), changed)};
}

}  // namespace dm::catalogue
