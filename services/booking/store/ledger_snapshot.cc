#include "services/booking/store/ledger_snapshot.h"

#include "common/time/clock.h"
#include "services/booking/domain/admission.h"
#include "services/booking/domain/host_terms.h"
#include "services/booking/store/person_facts.h"
#include "services/booking/store/rows.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace dm::booking {
namespace {

using database::Statement;
using database::ToMicros;
using database::Transaction;

// A booking never moves to another session, so its session is known before it is locked. One array
// of ids, and not one condition or another, which would walk the whole table.
#define DM_SESSIONS_CONCERNED                                             \
  " FROM sessions WHERE id = ANY (array(SELECT unnest($1::uuid[]) UNION " \
  "SELECT session_id FROM bookings WHERE bookings.id = ANY ($2::uuid[])))"

constexpr Statement kLockSessions{
    "lock_sessions", "SELECT " DM_SESSION_COLUMNS DM_SESSIONS_CONCERNED " ORDER BY id FOR UPDATE"};
constexpr Statement kReadSessions{"read_sessions",
                                  "SELECT " DM_SESSION_COLUMNS DM_SESSIONS_CONCERNED};

// Where no command is about a booking that is there, which is most of a rush: quicker to plan.
constexpr Statement kLockSessionsByKey{"lock_sessions_by_key",
                                       "SELECT " DM_SESSION_COLUMNS
                                       " FROM sessions WHERE id = ANY ($1::uuid[])"
                                       " ORDER BY id FOR UPDATE"};
constexpr Statement kReadSessionsByKey{"read_sessions_by_key",
                                       "SELECT " DM_SESSION_COLUMNS
                                       " FROM sessions WHERE id = ANY ($1::uuid[])"};

// One person's bookings are decided one after the other, whichever session they are for, and not
// while a fact about that person changes.
constexpr Statement kLockNewcomers{"lock_newcomers", R"sql(
  SELECT pg_advisory_xact_lock(hashtextextended(person, 0))
  FROM (SELECT person FROM unnest($1::text[]) AS person ORDER BY person) AS ordered
)sql"};

// Everybody whose bookings may change: who wants a new one ($1), whose booking takes a step ($2),
// who is first in line ($3, at most $4 a session), who has a live booking of a session that is
// reviewed ($5). In the same order as above.
constexpr Statement kLockPeople{"lock_people", R"sql(
  SELECT person, pg_advisory_xact_lock(hashtextextended(person, 0))
  FROM (
    SELECT person FROM unnest($1::text[]) AS person
    UNION SELECT applicant FROM bookings WHERE id = ANY ($2::uuid[])
    UNION SELECT first.applicant
      FROM unnest($3::uuid[]) AS line (id)
      CROSS JOIN LATERAL (
        SELECT applicant FROM bookings
        WHERE session_id = line.id AND state = 'WAITLISTED'
        ORDER BY line_number LIMIT $4) AS first
    UNION SELECT applicant FROM bookings
      WHERE session_id = ANY ($5::uuid[])
        AND state IN ('WAITLISTED', 'OFFERED', 'PENDING_CONSENT', 'PENDING_HOST', 'CONFIRMED')
    ORDER BY person) AS ordered
)sql"};

constexpr Statement kNamePeople{"name_people", R"sql(
  SELECT person FROM unnest($1::text[]) AS person
  UNION SELECT applicant FROM bookings WHERE id = ANY ($2::uuid[])
  UNION SELECT first.applicant
    FROM unnest($3::uuid[]) AS line (id)
    CROSS JOIN LATERAL (
      SELECT applicant FROM bookings
      WHERE session_id = line.id AND state = 'WAITLISTED'
      ORDER BY line_number LIMIT $4) AS first
  UNION SELECT applicant FROM bookings
    WHERE session_id = ANY ($5::uuid[])
      AND state IN ('WAITLISTED', 'OFFERED', 'PENDING_CONSENT', 'PENDING_HOST', 'CONFIRMED')
)sql"};

// The bookings that take a step, and what the people concerned have: live, or done within a year.
constexpr Statement kReadBookings{"read_bookings", "SELECT " DM_BOOKING_COLUMNS R"sql( FROM bookings
  WHERE id = ANY ($1::uuid[])
  UNION ALL
  SELECT )sql" DM_BOOKING_COLUMNS R"sql( FROM bookings
  WHERE applicant = ANY ($2::text[])
    AND (state IN ('WAITLISTED', 'OFFERED', 'PENDING_CONSENT', 'PENDING_HOST', 'CONFIRMED')
         OR (state = 'COMPLETED' AND start_time > dm_time($3) - interval '1 year')))sql"};

constexpr Statement kReadAnsweredRequests{"read_answered_requests", R"sql(
  SELECT person, request_id, method, fingerprint, answer
  FROM answered_requests
  JOIN unnest($1::text[], $2::uuid[]) AS asked (person, request_id) USING (person, request_id)
)sql"};

// Of hosts that have a quota: the row in which their requests of a month are counted, made from the
// bookings where it is not there yet. Rows are made and locked in the order of the hosts.
constexpr Statement kOpenCounters{"open_host_requests", R"sql(
  INSERT INTO host_requests (host, month, requests, most)
  SELECT asked.host, $3::date, taken.requests, greatest(taken.requests, asked.quota)
  FROM unnest($1::text[], $2::int[]) AS asked (host, quota)
  CROSS JOIN LATERAL (
    SELECT count(*) AS requests FROM bookings
    WHERE bookings.host = asked.host AND create_time >= dm_time($4) AND counted) AS taken
  WHERE NOT EXISTS (
    SELECT FROM host_requests AS there WHERE there.host = asked.host AND there.month = $3::date)
  ORDER BY asked.host
  ON CONFLICT DO NOTHING
)sql"};

constexpr Statement kLockCounters{"lock_host_requests", R"sql(
  SELECT host, requests FROM host_requests
  WHERE host = ANY ($1::text[]) AND month = $2::date
  ORDER BY host FOR UPDATE
)sql"};

constexpr Statement kReadCounters{"read_host_requests", R"sql(
  SELECT asked.host,
         coalesce(counted.requests,
                  (SELECT count(*) FROM bookings
                   WHERE bookings.host = asked.host AND create_time >= dm_time($3)
                     AND bookings.counted)) AS requests
  FROM unnest($1::text[]) AS asked (host)
  LEFT JOIN host_requests AS counted ON counted.host = asked.host AND counted.month = $2::date
)sql"};

// So many of a line are at hand: more than a batch can free seats, and some to pass over.
constexpr int kMostInLine = 100;

// What the commands of a batch are about.
struct Subjects {
  std::set<std::string> sessions;
  std::set<std::string> bookings;
  std::set<std::string> newcomers;
  std::set<std::string> reviewed_sessions;
  std::vector<std::string> people;
  std::vector<std::string> request_ids;
};

Subjects SubjectsOf(absl::Span<const Command> commands) {
  Subjects subjects;
  for (const Command& command : commands) {
    if (!command.request_id.empty()) {
      subjects.people.push_back(command.actor.person);
      subjects.request_ids.push_back(command.request_id);
    }
    if (const auto* create = std::get_if<CreateCommand>(&command.what)) {
      subjects.sessions.insert(create->session_id);
      subjects.newcomers.insert(command.actor.person);
    } else if (const auto* step = std::get_if<StepCommand>(&command.what)) {
      subjects.bookings.insert(step->booking_id);
    } else if (const auto* move = std::get_if<RescheduleCommand>(&command.what)) {
      subjects.bookings.insert(move->booking_id);
      subjects.sessions.insert(move->session_id);
    } else {
      const auto& review = std::get<ReviewSessionCommand>(command.what);
      subjects.sessions.insert(review.session_id);
      subjects.reviewed_sessions.insert(review.session_id);
    }
  }
  return subjects;
}

std::vector<std::string> ToVector(const std::set<std::string>& values) {
  return {values.begin(), values.end()};
}

// What is known of the sessions of a batch beside the snapshot.
struct Opened {
  // Those that people wait for.
  std::vector<std::string> lines;
  // The hosts that have a quota, and the greatest that their sessions tell.
  std::map<std::string, int> quotas;
};

Opened AddSessions(Transaction& transaction, const Subjects& subjects, bool lock,
                   Snapshot& snapshot) {
  const std::vector<std::string> ids = ToVector(subjects.sessions);
  const pqxx::result rows =
      subjects.bookings.empty()
          ? transaction.Exec(lock ? kLockSessionsByKey : kReadSessionsByKey, ids)
          : transaction.Exec(lock ? kLockSessions : kReadSessions, ids,
                             ToVector(subjects.bookings));
  Opened opened;
  for (const pqxx::row& row : rows) {
    Session session = ToSession(row);
    if (session.waitlisted > 0) opened.lines.push_back(session.id);
    if (session.monthly_request_quota > 0) {
      int& quota = opened.quotas[session.host];
      quota = std::max(quota, session.monthly_request_quota);
    }
    snapshot.AddSession(std::move(session));
  }
  return opened;
}

// After the sessions and before the people: every batch takes its locks in one order. A host whose
// quota was taken away in this moment has no row any more, and gets one.
void AddHostRequests(Transaction& transaction, const std::map<std::string, int>& quotas, bool lock,
                     Snapshot& snapshot) {
  if (quotas.empty()) return;
  std::vector<std::string> hosts;
  std::vector<int> most;
  for (const auto& [host, quota] : quotas) {
    hosts.push_back(host);
    most.push_back(quota);
  }
  const absl::CivilDay first_day(MonthOf(snapshot.now()));
  const std::string month = absl::FormatCivilTime(first_day);
  const int64_t start = ToMicros(absl::FromCivil(first_day, ParisTimeZone()));
  pqxx::result rows;
  if (lock) {
    do {
      transaction.Exec(kOpenCounters, hosts, most, month, start);
      rows = transaction.Exec(kLockCounters, hosts, month);
    } while (static_cast<size_t>(rows.size()) < hosts.size());
  } else {
    rows = transaction.Exec(kReadCounters, hosts, month, start);
  }
  for (const pqxx::row& row : rows) {
    snapshot.AddHostRequests(row["host"].c_str(), row["requests"].as<int>());
  }
}

// Everybody whose bookings may change, given the sessions whose lines may move.
std::vector<std::string> PeopleConcerned(Transaction& transaction, const Subjects& subjects,
                                         const std::vector<std::string>& lines, bool lock) {
  std::vector<std::string> newcomers = ToVector(subjects.newcomers);
  if (subjects.bookings.empty() && subjects.reviewed_sessions.empty() && lines.empty()) {
    if (lock) transaction.Exec(kLockNewcomers, newcomers);
    return newcomers;
  }
  std::vector<std::string> people;
  for (const pqxx::row& row :
       transaction.Exec(lock ? kLockPeople : kNamePeople, newcomers, ToVector(subjects.bookings),
                        lines, kMostInLine, ToVector(subjects.reviewed_sessions))) {
    people.emplace_back(row[0].c_str());
  }
  return people;
}

// What is known of everybody concerned.
void AddPeople(Transaction& transaction, const std::vector<std::string>& people,
               Snapshot& snapshot) {
  for (auto& [name, person] : ReadPeople(transaction, people)) {
    snapshot.AddPerson(name, std::move(person));
  }
}

}  // namespace

Snapshot LoadSnapshot(Transaction& transaction, absl::Span<const Command> commands, absl::Time now,
                      Locking locking) {
  const Subjects subjects = SubjectsOf(commands);
  const bool lock = locking == Locking::kForUpdate;
  Snapshot snapshot(now);
  const Opened opened = AddSessions(transaction, subjects, lock, snapshot);
  AddHostRequests(transaction, opened.quotas, lock, snapshot);
  const bool all_find_no_seat = AllFindNoSeat(snapshot, commands);
  const std::vector<std::string> people = PeopleConcerned(
      transaction, subjects, all_find_no_seat ? std::vector<std::string>() : opened.lines, lock);
  for (const pqxx::row& row :
       transaction.Exec(kReadBookings, ToVector(subjects.bookings), people, ToMicros(now))) {
    snapshot.AddBooking(ToBooking(row));
  }
  if (!all_find_no_seat) AddPeople(transaction, people, snapshot);
  if (!subjects.request_ids.empty()) {
    for (const pqxx::row& row :
         transaction.Exec(kReadAnsweredRequests, subjects.people, subjects.request_ids)) {
      snapshot.AddRequest(row["person"].c_str(), row["request_id"].c_str(),
                          {.method = row["method"].c_str(),
                           .fingerprint = row["fingerprint"].c_str(),
                           .answer = database::FromBytea(row["answer"])});
    }
  }
  return snapshot;
}

}  // namespace dm::booking
