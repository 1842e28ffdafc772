#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/booking/domain/agreement.h"
#include "services/booking/domain/booking.h"
#include "services/booking/domain/command.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What is due, what a caller may see, and what happened.
namespace dm::booking {

// Where a page of agreements begins: after this one, newest first.
struct AgreementPosition {
  int64_t create_micros = 0;
  std::string id;
};

// An agreement as lists show it: its content stays in the table.
struct AgreementRow {
  Booking booking;
  Agreement agreement;
};

// One row of the history.
struct AgreementHistoryRow {
  int64_t seq = 0;
  int64_t version = 0;
  absl::Time time;
  std::string person;
  AgreementParty party = AgreementParty::kSystem;
  std::string action;
  // Empty for what changed no state.
  std::string from_state;
  std::string to_state;
  std::string document_hash;
};

// Reads of many agreements at once, each in a transaction of its own. Thread-safe.
class AgreementLists {
 public:
  // `database` outlives this.
  explicit AgreementLists(database::Database* database) : database_(database) {}

  // Ids of bookings whose agreement must be looked at, longest due first.
  absl::StatusOr<std::vector<std::string>> Due(absl::Time now, int limit,
                                               absl::Time deadline) const;

  // The agreements of a person (empty: none), of hosts and of départements, newest first, of these
  // states (empty: all), at most `limit`.
  absl::StatusOr<std::vector<AgreementRow>> List(const Actor& actor,
                                                 const std::vector<std::string>& states,
                                                 const std::optional<AgreementPosition>& after,
                                                 int limit, absl::Time deadline) const;

  // What happened to an agreement, oldest first, after the row numbered `after`.
  absl::StatusOr<std::vector<AgreementHistoryRow>> History(const std::string& agreement_id,
                                                           int64_t after, int limit,
                                                           absl::Time deadline) const;

 private:
  database::Database* const database_;
};

}  // namespace dm::booking
