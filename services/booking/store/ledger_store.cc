#include "services/booking/store/ledger_store.h"

#include "services/booking/domain/admission.h"
#include "services/booking/store/person_facts.h"
#include "services/booking/store/rows.h"

#include <algorithm>
#include <set>

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

constexpr Statement kChangeSessions{"change_sessions", R"sql(
  UPDATE sessions
  SET held = sessions.held + change.held,
      capacity = CASE WHEN change.held < 0
                      THEN greatest(announced_capacity, sessions.held + change.held)
                      ELSE capacity END,
      waitlisted = sessions.waitlisted + change.waitlisted,
      next_line_number = change.next_line_number,
      review_time = CASE WHEN change.review_again THEN dm_time($7)
                         WHEN change.reviewed THEN NULL
                         ELSE review_time END
  FROM unnest($1::uuid[], $2::int[], $3::int[], $4::bigint[], $5::boolean[], $6::boolean[])
         AS change (id, held, waitlisted, next_line_number, reviewed, review_again)
  WHERE sessions.id = change.id
)sql"};

constexpr Statement kAddBookings{"add_bookings", R"sql(
  INSERT INTO bookings (id, session_id, session_name, session_title, applicant, host, department,
                        state, version, start_time, end_time, create_time, update_time, why, scheme,
                        profession, line_number, expire_time, review_time, agreement_needed,
                        rescheduled_from)
  SELECT id, session_id, session_name, session_title, applicant, host, department, state, version,
         dm_time(start_time), dm_time(end_time), dm_time($20), dm_time($20), why, scheme,
         profession, line_number, dm_time(expire_time), dm_time(review_time), agreement_needed,
         rescheduled_from
  FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
              $8::text[], $9::bigint[], $10::bigint[], $11::bigint[], $12::text[], $13::text[],
              $14::text[], $15::bigint[], $16::bigint[], $17::bigint[], $18::boolean[],
              $19::uuid[])
         AS made (id, session_id, session_name, session_title, applicant, host, department, state,
                  version, start_time, end_time, why, scheme, profession, line_number, expire_time,
                  review_time, agreement_needed, rescheduled_from)
)sql"};

constexpr Statement kChangeBookings{"change_bookings", R"sql(
  UPDATE bookings
  SET state = changed.state, version = changed.version, reason = changed.reason, why = changed.why,
      expire_time = dm_time(changed.expire_time), review_time = dm_time(changed.review_time),
      update_time = dm_time($9)
  FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[],
              $7::bigint[], $8::bigint[])
         AS changed (id, expected, version, state, reason, why, expire_time, review_time)
  WHERE bookings.id = changed.id AND bookings.version = changed.expected
)sql"};

// The times that those rows have from now on: beside the step, which few moves are.
constexpr Statement kMoveBookings{"move_bookings", R"sql(
  UPDATE bookings
  SET start_time = dm_time(moved.start_time), end_time = dm_time(moved.end_time)
  FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS moved (id, start_time, end_time)
  WHERE bookings.id = moved.id
)sql"};

// What is shown of a session follows it without a step: nobody decides anything by a title.
constexpr Statement kRetitleBookings{"retitle_bookings", R"sql(
  UPDATE bookings SET session_title = sessions.title
  FROM sessions
  WHERE sessions.id = ANY ($1::uuid[]) AND bookings.session_id = sessions.id
    AND bookings.state IN ('WAITLISTED', 'OFFERED', 'PENDING_CONSENT', 'PENDING_HOST', 'CONFIRMED')
    AND bookings.session_title <> sessions.title
)sql"};

constexpr Statement kLookAgain{"look_again", R"sql(
  UPDATE bookings
  SET expire_time = dm_time(look.expire_time), review_time = dm_time(look.review_time)
  FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS look (id, expire_time, review_time)
  WHERE bookings.id = look.id
)sql"};

constexpr Statement kKeepAnswers{"keep_answers", R"sql(
  INSERT INTO answered_requests (person, request_id, method, fingerprint, answer, answered, about)
  SELECT person, request_id, method, fingerprint, answer, dm_time($7), about
  FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::bytea[], $6::text[])
         AS answered (person, request_id, method, fingerprint, answer, about)
)sql"};

constexpr Statement kAddTransitions{"add_transitions", R"sql(
  INSERT INTO transitions (booking_id, version, at, person, party, from_state, to_state, why)
  SELECT booking_id, version, dm_time($8), person, party, from_state, to_state, why
  FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
         AS taken (booking_id, version, person, party, from_state, to_state, why)
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

std::optional<int64_t> MaybeMicros(std::optional<absl::Time> time) {
  if (!time.has_value()) return std::nullopt;
  return ToMicros(*time);
}

void ChangeSessions(Transaction& transaction, const std::vector<SessionChange>& changes,
                    absl::Time now) {
  if (changes.empty()) return;
  std::vector<std::string> ids;
  std::vector<int> held, waitlisted;
  std::vector<int64_t> next_line_numbers;
  std::vector<bool> reviewed, review_again;
  for (const SessionChange& change : changes) {
    ids.push_back(change.session.id);
    held.push_back(change.held_delta);
    waitlisted.push_back(change.waitlisted_delta);
    next_line_numbers.push_back(change.session.next_line_number);
    reviewed.push_back(change.reviewed);
    review_again.push_back(change.review_again);
  }
  transaction.Exec(kChangeSessions, ids, held, waitlisted, next_line_numbers, reviewed,
                   review_again, ToMicros(now));
}

void AddBookings(Transaction& transaction, const std::vector<Booking>& bookings, absl::Time now) {
  if (bookings.empty()) return;
  std::vector<std::string> ids, sessions, names, titles, applicants, hosts, departments, states,
      whys, schemes, professions;
  std::vector<int64_t> versions, starts, ends, line_numbers;
  std::vector<std::optional<int64_t>> expires, reviews;
  std::vector<bool> agreements;
  std::vector<std::optional<std::string>> rescheduled;
  for (const Booking& booking : bookings) {
    ids.push_back(booking.id);
    sessions.push_back(booking.session_id);
    names.push_back(booking.session_name);
    titles.push_back(booking.session_title);
    applicants.push_back(booking.applicant);
    hosts.push_back(booking.host);
    departments.push_back(booking.department);
    states.emplace_back(BookingStateName(booking.state));
    versions.push_back(booking.version);
    starts.push_back(ToMicros(booking.start_time));
    ends.push_back(ToMicros(booking.end_time));
    whys.push_back(booking.why);
    schemes.emplace_back(SchemeName(booking.scheme));
    professions.push_back(booking.profession);
    line_numbers.push_back(booking.line_number);
    expires.push_back(MaybeMicros(booking.expire_time));
    reviews.push_back(MaybeMicros(booking.review_time));
    agreements.push_back(booking.agreement_needed);
    rescheduled.push_back(
        booking.rescheduled_from.empty() ? std::nullopt : std::optional(booking.rescheduled_from));
  }
  transaction.Exec(kAddBookings, ids, sessions, names, titles, applicants, hosts, departments,
                   states, versions, starts, ends, whys, schemes, professions, line_numbers,
                   expires, reviews, agreements, rescheduled, ToMicros(now));
}

// False when one of them is no longer at the version that the decision was made on.
bool ChangeBookings(Transaction& transaction, const std::vector<const ChangedBooking*>& changes,
                    absl::Time now) {
  if (changes.empty()) return true;
  std::vector<std::string> ids, states, reasons, whys;
  std::vector<int64_t> expected, versions;
  std::vector<std::optional<int64_t>> expires, reviews;
  for (const ChangedBooking* change : changes) {
    const Booking& booking = change->booking;
    ids.push_back(booking.id);
    expected.push_back(change->expected_version);
    versions.push_back(booking.version);
    states.emplace_back(BookingStateName(booking.state));
    reasons.push_back(booking.reason);
    whys.push_back(booking.why);
    expires.push_back(MaybeMicros(booking.expire_time));
    reviews.push_back(MaybeMicros(booking.review_time));
  }
  const pqxx::result result = transaction.Exec(kChangeBookings, ids, expected, versions, states,
                                               reasons, whys, expires, reviews, ToMicros(now));
  return result.affected_rows() == changes.size();
}

void MoveBookings(Transaction& transaction, const std::vector<ChangedBooking>& changes) {
  std::vector<std::string> ids;
  std::vector<int64_t> starts, ends;
  for (const ChangedBooking& change : changes) {
    if (!change.moved) continue;
    ids.push_back(change.booking.id);
    starts.push_back(ToMicros(change.booking.start_time));
    ends.push_back(ToMicros(change.booking.end_time));
  }
  if (!ids.empty()) transaction.Exec(kMoveBookings, ids, starts, ends);
}

void RetitleBookings(Transaction& transaction, const std::vector<SessionChange>& changes) {
  std::vector<std::string> ids;
  for (const SessionChange& change : changes) {
    if (change.reviewed) ids.push_back(change.session.id);
  }
  if (!ids.empty()) transaction.Exec(kRetitleBookings, ids);
}

void LookAgain(Transaction& transaction, const std::vector<Look>& looks) {
  if (looks.empty()) return;
  std::vector<std::string> ids;
  std::vector<std::optional<int64_t>> expires, reviews;
  for (const Look& look : looks) {
    ids.push_back(look.booking_id);
    expires.push_back(MaybeMicros(look.expire_time));
    reviews.push_back(MaybeMicros(look.review_time));
  }
  transaction.Exec(kLookAgain, ids, expires, reviews);
}

void KeepAnswers(Transaction& transaction, const std::vector<AnsweredRequest>& answers,
                 absl::Time now) {
  if (answers.empty()) return;
  std::vector<std::string> people, request_ids, methods, fingerprints, bytes, about;
  for (const AnsweredRequest& answered : answers) {
    people.push_back(answered.command->actor.person);
    request_ids.push_back(answered.command->request_id);
    methods.push_back(answered.command->method);
    fingerprints.push_back(answered.command->fingerprint);
    bytes.push_back(database::ToBytea(answered.answer));
    about.push_back(answered.about);
  }
  transaction.Exec(kKeepAnswers, people, request_ids, methods, fingerprints, bytes, about,
                   ToMicros(now));
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

absl::Status StoreDecision(Transaction& transaction, const Decision& decision,
                           const std::vector<AnsweredRequest>& answers, absl::Time now) {
  ChangeSessions(transaction, decision.sessions, now);
  // Who gives up a time before who takes it: the constraint looks at every row by itself.
  std::vector<const ChangedBooking*> leaving, staying;
  for (const ChangedBooking& change : decision.changed) {
    (HoldsSeat(change.booking.state) ? staying : leaving).push_back(&change);
  }
  const bool left = ChangeBookings(transaction, leaving, now);
  MoveBookings(transaction, decision.changed);
  if (!left || !ChangeBookings(transaction, staying, now)) {
    return absl::AbortedError("a booking changed while it was locked");
  }
  RetitleBookings(transaction, decision.sessions);
  AddBookings(transaction, decision.created, now);
  LookAgain(transaction, decision.looks);
  KeepAnswers(transaction, answers, now);
  AddTransitions(transaction, decision.transitions, now);
  return absl::OkStatus();
}

}  // namespace dm::booking
