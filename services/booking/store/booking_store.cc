#include "services/booking/store/booking_store.h"

#include "services/booking/store/people_lock.h"
#include "services/booking/store/rows.h"

#include <utility>

namespace dm::booking {
namespace {

using database::FromMicros;
using database::Statement;
using database::ToMicros;

constexpr Statement kFindBooking{"find_booking",
                                 "SELECT " DM_BOOKING_COLUMNS " FROM bookings WHERE id = $1::uuid"};

constexpr Statement kWaitlistPosition{"waitlist_position", R"sql(
  SELECT count(*) FROM bookings AS mine
  JOIN bookings AS line ON line.session_id = mine.session_id AND line.state = 'WAITLISTED'
                       AND line.line_number <= mine.line_number
  WHERE mine.id = $1::uuid AND mine.state = 'WAITLISTED'
)sql"};

// Whoever sees little of it finds that by an index; the agency walks its territory by date.
constexpr Statement kListBookings{"list_bookings", "SELECT " DM_BOOKING_COLUMNS R"sql(,
    CASE WHEN state = 'WAITLISTED' THEN (
      SELECT count(*) FROM bookings AS line
      WHERE line.session_id = page.session_id AND line.state = 'WAITLISTED'
        AND line.line_number <= page.line_number)
    ELSE 0 END AS waitlist_position
  FROM bookings AS page
  WHERE (applicant = $1 OR host = ANY ($2::text[]) OR department = ANY ($3::text[]))
    AND (cardinality($4::text[]) = 0 OR state = ANY ($4::text[]))
    AND ($5::uuid IS NULL OR session_id = $5::uuid)
    AND ($6 = '' OR host = $6)
    AND ($7 = '' OR applicant = $7)
    AND (cardinality($8::text[]) = 0 OR department = ANY ($8::text[]))
    AND ($9::bigint IS NULL OR end_time > dm_time($9))
    AND ($10::bigint IS NULL OR start_time < dm_time($10))
    AND ($11::bigint IS NULL OR (create_time, id) < (dm_time($11), $12::uuid))
  ORDER BY page.create_time DESC, page.id DESC LIMIT $13)sql"};

constexpr Statement kRecordForeignReads{"record_foreign_reads", R"sql(
  INSERT INTO foreign_reads (booking_id, person, at)
  SELECT id, $2, dm_time($3) FROM unnest($1::uuid[]) AS id
)sql"};

constexpr Statement kHistory{"booking_history", R"sql(
  SELECT dm_micros(at) AS at, party, person, from_state, to_state, why, version AS step
  FROM transitions WHERE booking_id = $1::uuid
  UNION ALL
  SELECT dm_micros(at), 'AGENCY', person, NULL, NULL, 'SEEN', 0
  FROM foreign_reads WHERE booking_id = $1::uuid
  ORDER BY at, step
)sql"};

constexpr Statement kKeepFeedback{"keep_feedback", R"sql(
  INSERT INTO feedback (booking_id, party, person, request_id, rating, comment, create_time)
  SELECT id, $2, $3, $4::uuid, $5, $6, dm_time($7) FROM bookings
  WHERE id = $1::uuid AND applicant = $8
  ON CONFLICT ON CONSTRAINT feedback_pkey DO NOTHING
)sql"};

constexpr Statement kReadFeedback{"read_feedback", R"sql(
  SELECT person, request_id, rating, comment, dm_micros(feedback.create_time) AS create_time
  FROM feedback JOIN bookings ON id = booking_id
  WHERE booking_id = $1::uuid AND party = $2 AND applicant = $3
)sql"};

std::optional<int64_t> MaybeMicros(std::optional<absl::Time> time) {
  if (!time.has_value()) return std::nullopt;
  return ToMicros(*time);
}

std::optional<BookingState> MaybeState(const pqxx::field& field) {
  return field.is_null() ? std::nullopt : ParseBookingState(field.c_str());
}

}  // namespace

absl::StatusOr<std::optional<BookingStore::Shown>> BookingStore::Find(database::Access access,
                                                                      const std::string& id,
                                                                      absl::Time deadline) const {
  const auto rows = database_->As(std::move(access))->Query(deadline, kFindBooking, id);
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return std::optional<Shown>();
  return std::optional<Shown>(Shown{ToBooking((*rows)[0]), 0});
}

absl::StatusOr<int> BookingStore::WaitlistPosition(const std::string& id,
                                                   absl::Time deadline) const {
  const auto rows = database_->Query(deadline, kWaitlistPosition, id);
  if (!rows.ok()) return rows.status();
  return (*rows)[0][0].as<int>();
}

absl::StatusOr<std::vector<BookingStore::Shown>> BookingStore::List(
    const Filter& filter, const std::optional<Position>& after, int limit,
    absl::Time deadline) const {
  std::optional<int64_t> after_micros;
  std::optional<std::string> after_id;
  if (after.has_value()) {
    after_micros = after->create_micros;
    after_id = after->id;
  }
  const auto rows = database_->Query(
      deadline, kListBookings, filter.applicant, filter.hosts, filter.departments, filter.states,
      filter.only_session, filter.only_host, filter.only_applicant, filter.only_departments,
      MaybeMicros(filter.from), MaybeMicros(filter.to), after_micros, after_id, limit);
  if (!rows.ok()) return rows.status();
  std::vector<Shown> bookings;
  for (const pqxx::row& row : *rows) {
    bookings.push_back({ToBooking(row), row["waitlist_position"].as<int>()});
  }
  return bookings;
}

absl::Status BookingStore::RecordForeignReads(const std::vector<std::string>& booking_ids,
                                              const std::string& person, absl::Time now,
                                              absl::Time deadline) const {
  if (booking_ids.empty()) return absl::OkStatus();
  return database_->Write(deadline, [&](database::Transaction& transaction) {
    transaction.Exec(kRecordForeignReads, booking_ids, person, ToMicros(now));
    return absl::OkStatus();
  });
}

absl::StatusOr<std::vector<BookingStore::HistoryEvent>> BookingStore::History(
    const std::string& booking_id, absl::Time deadline) const {
  const auto rows = database_->Query(deadline, kHistory, booking_id);
  if (!rows.ok()) return rows.status();
  std::vector<HistoryEvent> events;
  for (const pqxx::row& row : *rows) {
    events.push_back({.time = FromMicros(row["at"].as<int64_t>()),
                      .party = row["party"].c_str(),
                      .person = row["person"].c_str(),
                      .from = MaybeState(row["from_state"]),
                      .to = MaybeState(row["to_state"]),
                      .why = row["why"].c_str()});
  }
  return events;
}

absl::StatusOr<std::optional<BookingStore::Feedback>> BookingStore::KeepFeedback(
    const Feedback& said, const std::string& applicant, absl::Time deadline) const {
  using Kept = absl::StatusOr<std::optional<Feedback>>;
  return database_->Write(deadline, [&](database::Transaction& transaction) -> Kept {
    // An erasure either finds what is said now, or is found.
    LockPeople(transaction, {applicant});
    const std::string party(PartyName(said.party));
    transaction.Exec(kKeepFeedback, said.booking_id, party, said.person, said.request_id,
                     said.rating, said.comment, ToMicros(said.create_time), applicant);
    const pqxx::result rows = transaction.Exec(kReadFeedback, said.booking_id, party, applicant);
    if (rows.empty()) return std::optional<Feedback>();
    Feedback kept = said;
    kept.person = rows[0]["person"].c_str();
    kept.request_id = rows[0]["request_id"].c_str();
    kept.rating = rows[0]["rating"].as<int>();
    kept.comment = rows[0]["comment"].c_str();
    kept.create_time = FromMicros(rows[0]["create_time"].as<int64_t>());
    return std::optional<Feedback>(std::move(kept));
  });
}

}  // namespace dm::booking
