#include "services/booking/store/ledger_snapshot.h"

#include "services/booking/domain/admission.h"
#include "services/booking/store/person_facts.h"
#include "services/booking/store/rows.h"

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

// The ids of those sessions that people wait for are returned.
std::vector<std::string> AddSessions(Transaction& transaction, const Subjects& subjects, bool lock,
                                     Snapshot& snapshot) {
  const std::vector<std::string> ids = ToVector(subjects.sessions);
  const pqxx::result rows =
      subjects.bookings.empty()
          ? transaction.Exec(lock ? kLockSessionsByKey : kReadSessionsByKey, ids)
          : transaction.Exec(lock ? kLockSessions : kReadSessions, ids,
                             ToVector(subjects.bookings));
  std::vector<std::string> lines;
  for (const pqxx::row& row : rows) {
    Session session = ToSession(row);
    if (session.waitlisted > 0) lines.push_back(session.id);
    snapshot.AddSession(std::move(session));
  }
  return lines;
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
  const std::vector<std::string> lines = AddSessions(transaction, subjects, lock, snapshot);
  const bool all_find_no_seat = AllFindNoSeat(snapshot, commands);
  const std::vector<std::string> people = PeopleConcerned(
      transaction, subjects, all_find_no_seat ? std::vector<std::string>() : lines, lock);
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
