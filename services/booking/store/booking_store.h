#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/booking/domain/booking.h"
#include "services/booking/domain/transitions.h"

#include <optional>
#include <string>
#include <vector>

namespace dm::booking {

// Reads of bookings outside the ledger, and what is kept beside it. Thread-safe.
class BookingStore {
 public:
  // `database` outlives this.
  explicit BookingStore(database::Database* database) : database_(database) {}

  struct Shown {
    Booking booking;
    // From 1 for who waits in line; else 0.
    int waitlist_position = 0;
  };

  // Absent when there is none of that id that the access may see. Without the place in line.
  absl::StatusOr<std::optional<Shown>> Find(database::Access access, const std::string& id,
                                            absl::Time deadline) const;
  // 0 when the booking does not wait in line.
  absl::StatusOr<int> WaitlistPosition(const std::string& id, absl::Time deadline) const;

  // Where a page begins: after this booking, newest first.
  struct Position {
    int64_t create_micros = 0;
    std::string id;
  };
  struct Filter {
    // Whose bookings may be seen: those of a person (empty: none), of hosts, of départements.
    std::string applicant;
    std::vector<std::string> hosts;
    std::vector<std::string> departments;
    // Which of them are wanted; what is empty or absent narrows nothing.
    std::vector<std::string> states;
    std::optional<std::string> only_session;
    std::string only_host;
    std::string only_applicant;
    std::vector<std::string> only_departments;
    std::optional<absl::Time> from;
    std::optional<absl::Time> to;
  };
  // Newest first, at most `limit`.
  absl::StatusOr<std::vector<Shown>> List(const Filter& filter,
                                          const std::optional<Position>& after, int limit,
                                          absl::Time deadline) const;

  // Keeps that an agency's person looked at bookings.
  absl::Status RecordForeignReads(const std::vector<std::string>& booking_ids,
                                  const std::string& person, absl::Time now,
                                  absl::Time deadline) const;

  // A step, or a look: then `to` is absent.
  struct HistoryEvent {
    absl::Time time;
    std::string party;
    std::string person;
    std::optional<BookingState> from;
    std::optional<BookingState> to;
    std::string why;
  };
  // Oldest first.
  absl::StatusOr<std::vector<HistoryEvent>> History(const std::string& booking_id,
                                                    absl::Time deadline) const;

  struct Feedback {
    std::string booking_id;
    Party party = Party::kApplicant;
    std::string person;
    std::string request_id;
    int rating = 0;
    std::string comment;
    absl::Time create_time;
  };
  // Keeps it unless the party has said something already; what is there then. Absent when the
  // booking is no longer that of `applicant`, who was erased meanwhile.
  absl::StatusOr<std::optional<Feedback>> KeepFeedback(const Feedback& said,
                                                       const std::string& applicant,
                                                       absl::Time deadline) const;

 private:
  database::Database* const database_;
};

}  // namespace dm::booking
