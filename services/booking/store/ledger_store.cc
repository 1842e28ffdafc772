#include "services/booking/store/ledger_store.h"

#include "services/booking/store/rows.h"

#include <algorithm>
#include <set>

namespace dm::booking {
namespace {

using database::Statement;
using database::ToMicros;
using database::Transaction;

// A booking never moves to another session, so its session is known before it is locked.
constexpr Statement kLockSessions{"lock_sessions", "SELECT " DM_SESSION_COLUMNS R"sql( FROM sessions
  WHERE id = ANY ($1::uuid[])
     OR id IN (SELECT session_id FROM bookings WHERE bookings.id = ANY ($2::uuid[]))
  ORDER BY id FOR UPDATE)sql"};

constexpr Statement kReadSessions{"read_sessions", "SELECT " DM_SESSION_COLUMNS R"sql( FROM sessions
  WHERE id = ANY ($1::uuid[])
     OR id IN (SELECT session_id FROM bookings WHERE bookings.id = ANY ($2::uuid[])))sql"};

// One person's new bookings are decided one after the other, whichever session they are for.
constexpr Statement kLockPeople{"lock_people", R"sql(
  SELECT pg_advisory_xact_lock(hashtextextended(person, 0))
  FROM (SELECT person FROM unnest($1::text[]) AS person ORDER BY person) AS ordered
)sql"};

constexpr Statement kReadBookings{"read_bookings", "SELECT " DM_BOOKING_COLUMNS R"sql( FROM bookings
  WHERE id = ANY ($1::uuid[])
  UNION ALL
  SELECT )sql" DM_BOOKING_COLUMNS R"sql( FROM bookings
  WHERE applicant = ANY ($2::text[])
    AND state IN ('WAITLISTED', 'OFFERED', 'PENDING_CONSENT', 'PENDING_HOST', 'CONFIRMED'))sql"};

constexpr Statement kReadAnsweredRequests{"read_answered_requests", R"sql(
  SELECT person, request_id, method, fingerprint, answer
  FROM answered_requests
  JOIN unnest($1::text[], $2::uuid[]) AS asked (person, request_id) USING (person, request_id)
)sql"};

constexpr Statement kMoveSeats{"move_seats", R"sql(
  UPDATE sessions
  SET held = sessions.held + change.delta,
      capacity = CASE WHEN change.delta < 0
                      THEN greatest(announced_capacity, sessions.held + change.delta)
                      ELSE capacity END
  FROM unnest($1::uuid[], $2::int[]) AS change (id, delta)
  WHERE sessions.id = change.id
)sql"};

constexpr Statement kAddBookings{"add_bookings", R"sql(
  INSERT INTO bookings (id, session_id, session_name, session_title, applicant, host, department,
                        state, version, start_time, end_time, create_time, update_time)
  SELECT id, session_id, session_name, session_title, applicant, host, department, state, 1,
         dm_time(start_time), dm_time(end_time), dm_time($11), dm_time($11)
  FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
              $8::text[], $9::bigint[], $10::bigint[])
         AS made (id, session_id, session_name, session_title, applicant, host, department, state,
                  start_time, end_time)
)sql"};

constexpr Statement kChangeBookings{"change_bookings", R"sql(
  UPDATE bookings
  SET state = changed.state, version = changed.version, reason = changed.reason,
      update_time = dm_time($6)
  FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::text[], $5::text[])
         AS changed (id, expected, version, state, reason)
  WHERE bookings.id = changed.id AND bookings.version = changed.expected
)sql"};

constexpr Statement kKeepAnswers{"keep_answers", R"sql(
  INSERT INTO answered_requests (person, request_id, method, fingerprint, answer, answered)
  SELECT person, request_id, method, fingerprint, answer, dm_time($6)
  FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::bytea[])
         AS answered (person, request_id, method, fingerprint, answer)
)sql"};

constexpr Statement kAddTransitions{"add_transitions", R"sql(
  INSERT INTO transitions (booking_id, version, at, person, party, from_state, to_state, why)
  SELECT booking_id, version, dm_time($8), person, party, from_state, to_state, why
  FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
         AS taken (booking_id, version, person, party, from_state, to_state, why)
)sql"};

// What the commands of a batch are about.
struct Subjects {
  std::set<std::string> sessions;
  std::set<std::string> bookings;
  std::set<std::string> newcomers;
  std::vector<std::string> people;
  std::vector<std::string> request_ids;
};

Subjects SubjectsOf(absl::Span<const Command> commands) {
  Subjects subjects;
  for (const Command& command : commands) {
    subjects.people.push_back(command.actor.person);
    subjects.request_ids.push_back(command.request_id);
    if (const auto* create = std::get_if<CreateCommand>(&command.what)) {
      subjects.sessions.insert(create->session_id);
      subjects.newcomers.insert(command.actor.person);
    } else {
      subjects.bookings.insert(std::get<StepCommand>(command.what).booking_id);
    }
  }
  return subjects;
}

std::vector<std::string> ToVector(const std::set<std::string>& values) {
  return {values.begin(), values.end()};
}

void MoveSeats(Transaction& transaction, const std::vector<SeatChange>& changes) {
  if (changes.empty()) return;
  std::vector<std::string> ids;
  std::vector<int> deltas;
  for (const SeatChange& change : changes) {
    ids.push_back(change.session.id);
    deltas.push_back(change.delta);
  }
  transaction.Exec(kMoveSeats, ids, deltas);
}

void AddBookings(Transaction& transaction, const std::vector<Booking>& bookings, absl::Time now) {
  if (bookings.empty()) return;
  std::vector<std::string> ids, sessions, names, titles, applicants, hosts, departments, states;
  std::vector<int64_t> starts, ends;
  for (const Booking& booking : bookings) {
    ids.push_back(booking.id);
    sessions.push_back(booking.session_id);
    names.push_back(booking.session_name);
    titles.push_back(booking.session_title);
    applicants.push_back(booking.applicant);
    hosts.push_back(booking.host);
    departments.push_back(booking.department);
    states.emplace_back(BookingStateName(booking.state));
    starts.push_back(ToMicros(booking.start_time));
    ends.push_back(ToMicros(booking.end_time));
  }
  transaction.Exec(kAddBookings, ids, sessions, names, titles, applicants, hosts, departments,
                   states, starts, ends, ToMicros(now));
}

// Whether every row was still as it was decided on.
bool ChangeBookings(Transaction& transaction, const std::vector<ChangedBooking>& changes,
                    absl::Time now) {
  if (changes.empty()) return true;
  std::vector<std::string> ids, states, reasons;
  std::vector<int64_t> expected, versions;
  for (const ChangedBooking& change : changes) {
    ids.push_back(change.booking.id);
    expected.push_back(change.expected_version);
    versions.push_back(change.booking.version);
    states.emplace_back(BookingStateName(change.booking.state));
    reasons.push_back(change.booking.reason);
  }
  const pqxx::result result =
      transaction.Exec(kChangeBookings, ids, expected, versions, states, reasons, ToMicros(now));
  return result.affected_rows() == changes.size();
}

void KeepAnswers(Transaction& transaction, const std::vector<AnsweredRequest>& answers,
                 absl::Time now) {
  if (answers.empty()) return;
  std::vector<std::string> people, request_ids, methods, fingerprints, bytes;
  for (const AnsweredRequest& answered : answers) {
    people.push_back(answered.command->actor.person);
    request_ids.push_back(answered.command->request_id);
    methods.push_back(answered.command->method);
    fingerprints.push_back(answered.command->fingerprint);
    bytes.push_back(database::ToBytea(answered.answer));
  }
  transaction.Exec(kKeepAnswers, people, request_ids, methods, fingerprints, bytes, ToMicros(now));
}

void AddTransitions(Transaction& transaction, const std::vector<TransitionRecord>& records,
                    absl::Time now) {
  if (records.empty()) return;
  std::vector<std::string> bookings, people, parties, to_states, whys;
  std::vector<std::optional<std::string>> from_states;
  std::vector<int64_t> versions;
  for (const TransitionRecord& record : records) {
    bookings.push_back(record.booking.id);
    versions.push_back(record.booking.version);
    people.push_back(record.person);
    parties.emplace_back(PartyName(record.party));
    from_states.push_back(record.from.has_value()
                              ? std::optional(std::string(BookingStateName(*record.from)))
                              : std::nullopt);
    to_states.emplace_back(BookingStateName(record.booking.state));
    whys.push_back(record.why);
  }
  transaction.Exec(kAddTransitions, bookings, versions, people, parties, from_states, to_states,
                   whys, ToMicros(now));
}

}  // namespace

Snapshot LoadSnapshot(Transaction& transaction, absl::Span<const Command> commands, absl::Time now,
                      Locking locking) {
  const Subjects subjects = SubjectsOf(commands);
  const std::vector<std::string> bookings = ToVector(subjects.bookings);
  const std::vector<std::string> newcomers = ToVector(subjects.newcomers);
  Snapshot snapshot(now);
  const bool lock = locking == Locking::kForUpdate;
  for (const pqxx::row& row : transaction.Exec(lock ? kLockSessions : kReadSessions,
                                               ToVector(subjects.sessions), bookings)) {
    snapshot.AddSession(ToSession(row));
  }
  if (lock && !newcomers.empty()) transaction.Exec(kLockPeople, newcomers);
  for (const pqxx::row& row : transaction.Exec(kReadBookings, bookings, newcomers)) {
    snapshot.AddBooking(ToBooking(row));
  }
  for (const pqxx::row& row :
       transaction.Exec(kReadAnsweredRequests, subjects.people, subjects.request_ids)) {
    snapshot.AddRequest(row["person"].c_str(), row["request_id"].c_str(),
                        {.method = row["method"].c_str(),
                         .fingerprint = row["fingerprint"].c_str(),
                         .answer = database::FromBytea(row["answer"])});
  }
  return snapshot;
}

absl::Status StoreDecision(Transaction& transaction, const Decision& decision,
                           const std::vector<AnsweredRequest>& answers, absl::Time now) {
  MoveSeats(transaction, decision.seats);
  AddBookings(transaction, decision.created, now);
  if (!ChangeBookings(transaction, decision.changed, now)) {
    return absl::AbortedError("a booking changed while it was locked");
  }
  KeepAnswers(transaction, answers, now);
  AddTransitions(transaction, decision.transitions, now);
  return absl::OkStatus();
}

}  // namespace dm::booking
