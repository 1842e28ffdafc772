#include "tests/model/evidence_store.h"

#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "destinationmetier/event/v1/booking_events.pb.h"
#include "destinationmetier/event/v1/session_events.pb.h"
#include "services/booking/api/booking_messages.h"
#include "services/booking/store/rows.h"

namespace dm::model {
namespace {

using booking::ParseBookingName;
using booking::ParseBookingState;
using booking::ParseSessionName;
using database::FromBytea;
using database::FromMicros;
using database::Statement;

namespace pb = destinationmetier::event::v1;

constexpr Statement kReadTrail{"model_read_trail", R"sql(
  SELECT booking_id, version, dm_micros(at) AS at, person, party, from_state, to_state, why
  FROM transitions ORDER BY booking_id, version
)sql"};

constexpr Statement kReadOutbox{"model_read_outbox", R"sql(
  SELECT seq, type, payload FROM outbox ORDER BY seq
)sql"};

constexpr Statement kReadCounter{"model_read_counter", "SELECT seq FROM outbox_counter"};

constexpr Statement kReadAnswers{"model_read_answers", R"sql(
  SELECT person, request_id, answer FROM answered_requests
)sql"};

constexpr Statement kReadAllBookings{"model_read_bookings",
                                     "SELECT " DM_BOOKING_COLUMNS " FROM bookings"};

constexpr Statement kReadAllSessions{"model_read_sessions",
                                     "SELECT " DM_SESSION_COLUMNS " FROM sessions"};

constexpr Statement kReadAfter{"model_read_after", R"sql(
  SELECT seq, type, payload FROM outbox WHERE seq > $1 ORDER BY seq LIMIT 1000
)sql"};

absl::Time ToTime(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

TransitionRow ToTransition(const pqxx::row& row) {
  TransitionRow transition = {.booking = row["booking_id"].c_str(),
                              .version = row["version"].as<int64_t>(),
                              .at = FromMicros(row["at"].as<int64_t>()),
                              .person = row["person"].c_str(),
                              .party = row["party"].c_str(),
                              .to = ParseBookingState(row["to_state"].c_str()).value(),
                              .why = row["why"].c_str()};
  if (!row["from_state"].is_null()) transition.from = ParseBookingState(row["from_state"].c_str());
  return transition;
}

BookingStep ToStep(const pb::BookingChanged& changed) {
  return {.booking = ParseBookingName(changed.booking()).value_or(""),
          .session = ParseSessionName(changed.session()).value_or(""),
          .applicant = changed.applicant(),
          .from = ParseBookingState(changed.from_state()),
          .to = ParseBookingState(changed.to_state()).value(),
          .version = changed.version(),
          .why = changed.reason(),
          .start_time = ToTime(changed.start_time()),
          .end_time = ToTime(changed.end_time()),
          .related = ParseBookingName(changed.related_booking()).value_or("")};
}

EventRow ToEvent(const pqxx::row& row) {
  EventRow event;
  event.seq = row["seq"].as<int64_t>();
  const absl::string_view type = row["type"].c_str();
  if (type == pb::BookingChanged::descriptor()->full_name()) {
    pb::BookingChanged changed;
    changed.ParseFromString(FromBytea(row["payload"]));
    event.what = ToStep(changed);
  } else if (type == pb::SeatsChanged::descriptor()->full_name()) {
    pb::SeatsChanged seats;
    seats.ParseFromString(FromBytea(row["payload"]));
    event.what =
        SeatsTold{ParseSessionName(seats.session()).value_or(""), seats.capacity(), seats.held()};
  }
  return event;
}

AnswerRow ToAnswerRow(const pqxx::row& row) {
  AnswerRow kept = {.person = row["person"].c_str(),
                    .request_id = row["request_id"].c_str(),
                    .bytes = FromBytea(row["answer"])};
  destinationmetier::booking::v1::Booking message;
  message.ParseFromString(kept.bytes);
  const Answer answer = ToAnswer(message);
  kept.booking = answer.booking;
  kept.version = answer.version;
  kept.state = answer.state;
  return kept;
}

}  // namespace

Answer ToAnswer(const destinationmetier::booking::v1::Booking& message) {
  return {.result = Result::kOk,
          .bytes = message.SerializeAsString(),
          .booking = ParseBookingName(message.name()).value_or(""),
          .session = ParseSessionName(message.session()).value_or(""),
          .state = booking::ToState(message.state()).value(),
          .version = booking::ParseEtag(message.etag())};
}

absl::Status ReadEvidence(database::Database& database, Evidence* evidence) {
  return database.Read(
      absl::Now() + absl::Minutes(1), [&](database::Transaction& transaction) -> absl::Status {
        for (const pqxx::row& row : transaction.Exec(kReadTrail)) {
          evidence->transitions.push_back(ToTransition(row));
        }
        for (const pqxx::row& row : transaction.Exec(kReadOutbox)) {
          evidence->events.push_back(ToEvent(row));
        }
        for (const pqxx::row& row : transaction.Exec(kReadAnswers)) {
          evidence->answers.push_back(ToAnswerRow(row));
        }
        for (const pqxx::row& row : transaction.Exec(kReadAllBookings)) {
          evidence->bookings.push_back(booking::ToBooking(row));
        }
        for (const pqxx::row& row : transaction.Exec(kReadAllSessions)) {
          evidence->sessions.push_back(booking::ToSession(row));
        }
        evidence->feed_counter = transaction.Exec(kReadCounter)[0][0].as<int64_t>();
        return absl::OkStatus();
      });
}

absl::StatusOr<std::vector<EventRow>> ReadFeedAfter(database::Database& database, int64_t after) {
  const auto rows = database.Query(absl::Now() + absl::Seconds(20), kReadAfter, after);
  if (!rows.ok()) return rows.status();
  std::vector<EventRow> events;
  for (const pqxx::row& row : *rows) events.push_back(ToEvent(row));
  return events;
}

}  // namespace dm::model
