#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/booking/domain/booking.h"

#include <optional>
#include <string>
#include <vector>

namespace dm::booking {

// Reads of bookings outside the ledger. Thread-safe.
class BookingStore {
 public:
  // `database` outlives this.
  explicit BookingStore(database::Database* database) : database_(database) {}

  // Absent when there is none of that id.
  absl::StatusOr<std::optional<Booking>> Find(const std::string& id, absl::Time deadline) const;

  // Where a page begins: after this booking, newest first.
  struct Position {
    int64_t create_micros = 0;
    std::string id;
  };
  // The bookings of a person (empty: none) and those that hosts received, newest first, of these
  // states (empty: all), at most `limit`.
  absl::StatusOr<std::vector<Booking>> List(const std::string& applicant,
                                            const std::vector<std::string>& hosts,
                                            const std::vector<std::string>& states,
                                            const std::optional<Position>& after, int limit,
                                            absl::Time deadline) const;

  // Keeps that an agency's person looked at a booking.
  absl::Status RecordForeignRead(const std::string& booking_id, const std::string& person,
                                 absl::Time now, absl::Time deadline) const;

 private:
  database::Database* const database_;
};

}  // namespace dm::booking
