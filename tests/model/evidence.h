#pragma once

#include "absl/time/time.h"
#include "services/booking/domain/booking.h"
#include "services/booking/domain/booking_state.h"
#include "tests/model/history.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

// All that a run leaves behind: what clients and hosts did and heard, what the database holds in
// the end, what a reader of the feed saw. Times are of one clock that never runs back.
namespace dm::model {

// A row of the audit trail.
struct TransitionRow {
  std::string booking;
  int64_t version = 0;
  absl::Time at;
  std::string person;
  std::string party;
  std::optional<booking::BookingState> from;
  booking::BookingState to = booking::BookingState::kPendingHost;
  std::string why;
};

// Events of the outbox, as far as they are about seats. Ids, not names.
struct BookingStep {
  std::string booking;
  std::string session;
  std::string applicant;
  std::optional<booking::BookingState> from;
  booking::BookingState to = booking::BookingState::kPendingHost;
  int64_t version = 0;
  std::string why;
  absl::Time start_time;
  absl::Time end_time;
  // The other booking of a rescheduling; else empty.
  std::string related;
};
struct SeatsTold {
  std::string session;
  int capacity = 0;
  int held = 0;
};
struct OtherEvent {};

struct EventRow {
  int64_t seq = 0;
  std::variant<OtherEvent, BookingStep, SeatsTold> what;
};

struct AnswerRow {
  std::string person;
  std::string request_id;
  std::string bytes;
  // What the bytes say.
  std::string booking;
  int64_t version = 0;
  booking::BookingState state = booking::BookingState::kPendingHost;
};

// A host told how a session now is. `position` is the last number of the feed when that was
// committed, so that its place in the committed order is known.
struct Announcement {
  int64_t position = 0;
  std::string session;
  int capacity = 0;
  bool open = true;
  bool cancelled = false;
  absl::Time invoked;
  absl::Time answered;
};

struct Evidence {
  std::vector<Invocation> invocations;
  std::vector<Announcement> announcements;
  // In the order of booking and version.
  std::vector<TransitionRow> transitions;
  // In the order of seq.
  std::vector<EventRow> events;
  int64_t feed_counter = 0;
  std::vector<booking::Booking> bookings;
  std::vector<booking::Session> sessions;
  std::vector<AnswerRow> answers;
  // The numbers that a reader of the feed got while all went on, in that order. Absent when nobody
  // read.
  std::optional<std::vector<int64_t>> read;
  // Transactions that the server ended since they waited for each other.
  int64_t deadlocks = 0;
  // Why what was due in the end could not be done; empty when it was.
  std::string left_undone;
  // Until when all that was due was to be done, by the ledger's clock; then the database was read.
  absl::Time end;
};

}  // namespace dm::model
