#include "services/booking/store/decision_store.h"

#include "absl/time/civil_time.h"
#include "services/booking/domain/host_terms.h"

#include <utility>

namespace dm::booking {
namespace {

using database::Statement;
using database::ToMicros;
using database::Transaction;

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
                        rescheduled_from, counted)
  SELECT id, session_id, session_name, session_title, applicant, host, department, state, version,
         dm_time(start_time), dm_time(end_time), dm_time($21), dm_time($21), why, scheme,
         profession, line_number, dm_time(expire_time), dm_time(review_time), agreement_needed,
         rescheduled_from, counted
  FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
              $8::text[], $9::bigint[], $10::bigint[], $11::bigint[], $12::text[], $13::text[],
              $14::text[], $15::bigint[], $16::bigint[], $17::bigint[], $18::boolean[],
              $19::uuid[], $20::boolean[])
         AS made (id, session_id, session_name, session_title, applicant, host, department, state,
                  version, start_time, end_time, why, scheme, profession, line_number, expire_time,
                  review_time, agreement_needed, rescheduled_from, counted)
)sql"};

constexpr Statement kChangeBookings{"change_bookings", R"sql(
  UPDATE bookings
  SET state = changed.state, version = changed.version, reason = changed.reason, why = changed.why,
      expire_time = dm_time(changed.expire_time), review_time = dm_time(changed.review_time),
      update_time = dm_time($10), counted = changed.counted
  FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[],
              $7::bigint[], $8::bigint[], $9::boolean[])
         AS changed (id, expected, version, state, reason, why, expire_time, review_time, counted)
  WHERE bookings.id = changed.id AND bookings.version = changed.expected
)sql"};

// The times that those rows have from now on: beside the step, which few moves are.
constexpr Statement kMoveBookings{"move_bookings", R"sql(
  UPDATE bookings
  SET start_time = dm_time(moved.start_time), end_time = dm_time(moved.end_time)
  FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS moved (id, start_time, end_time)
  WHERE bookings.id = moved.id
)sql"};

// The rows were locked when the batch was loaded, so their order here is no matter. `most` never
// falls below what was counted, so that a quota may be lowered, and never lets more in.
constexpr Statement kCountRequests{"count_host_requests", R"sql(
  UPDATE host_requests AS counted
  SET requests = counted.requests + change.requests,
      most = greatest(change.quota, counted.requests)
  FROM unnest($1::text[], $2::int[], $3::int[]) AS change (host, quota, requests)
  WHERE counted.host = change.host AND counted.month = $4::date
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
  std::vector<bool> agreements, counted;
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
    counted.push_back(booking.counted);
    rescheduled.push_back(
        booking.rescheduled_from.empty() ? std::nullopt : std::optional(booking.rescheduled_from));
  }
  transaction.Exec(kAddBookings, ids, sessions, names, titles, applicants, hosts, departments,
                   states, versions, starts, ends, whys, schemes, professions, line_numbers,
                   expires, reviews, agreements, rescheduled, counted, ToMicros(now));
}

// False when one of them is no longer at the version that the decision was made on.
bool ChangeBookings(Transaction& transaction, const std::vector<const ChangedBooking*>& changes,
                    absl::Time now) {
  if (changes.empty()) return true;
  std::vector<std::string> ids, states, reasons, whys;
  std::vector<int64_t> expected, versions;
  std::vector<std::optional<int64_t>> expires, reviews;
  std::vector<bool> counted;
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
    counted.push_back(booking.counted);
  }
  const pqxx::result result =
      transaction.Exec(kChangeBookings, ids, expected, versions, states, reasons, whys, expires,
                       reviews, counted, ToMicros(now));
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

void CountRequests(Transaction& transaction, const std::vector<HostRequests>& changes,
                   absl::Time now) {
  if (changes.empty()) return;
  std::vector<std::string> hosts;
  std::vector<int> quotas, requests;
  for (const HostRequests& change : changes) {
    hosts.push_back(change.host);
    quotas.push_back(change.quota);
    requests.push_back(change.change);
  }
  transaction.Exec(kCountRequests, hosts, quotas, requests,
                   absl::FormatCivilTime(absl::CivilDay(MonthOf(now))));
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

}  // namespace

absl::Status StoreDecision(Transaction& transaction, const Decision& decision,
                           const std::vector<AnsweredRequest>& answers, absl::Time now) {
  ChangeSessions(transaction, decision.sessions, now);
  CountRequests(transaction, decision.host_requests, now);
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
