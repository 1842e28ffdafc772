#pragma once

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "services/booking/domain/booking.h"
#include "services/booking/domain/command.h"
#include "services/booking/domain/snapshot.h"

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

// The heart of the ledger as a pure function: what is true, what is asked, what follows.
namespace dm::booking {

// What one command came to.
struct Refused {
  absl::Status status;
};
struct Done {
  Booking booking;
};
// The request was answered before: the same bytes again.
struct Replayed {
  std::string answer;
};
// The request is the same as an earlier one of this batch that was done: its answer again.
struct SameAs {
  size_t command = 0;
};
using Outcome = std::variant<Refused, Done, Replayed, SameAs>;

// One row of the audit trail and one event.
struct TransitionRecord {
  // As it is after the step.
  Booking booking;
  // Absent for a new booking.
  std::optional<BookingState> from;
  Party party = Party::kApplicant;
  // Who took the step: "people/{subject}".
  std::string person;
  // A fixed word, as in Transition.
  std::string why;
};

// A booking that exists and changed: the row must still have `expected_version`.
struct ChangedBooking {
  Booking booking;
  int64_t expected_version = 0;
};

// How the seats of a session change.
struct SeatChange {
  // As it is afterwards.
  Session session;
  // Added to what is held; never 0.
  int delta = 0;
};

struct Decision {
  // One per command, in the same order.
  std::vector<Outcome> outcomes;
  std::vector<Booking> created;
  // In ascending order of the booking's id.
  std::vector<ChangedBooking> changed;
  // In the order in which the steps were taken.
  std::vector<TransitionRecord> transitions;
  // In ascending order of the session's id.
  std::vector<SeatChange> seats;
};

// Decides the commands in their order, each seeing the effect of those before it. No command's
// refusal touches another. A seat is added to a session only while fewer are held than announced.
Decision Decide(const Snapshot& snapshot, absl::Span<const Command> commands);

// What a command alone would come to. Deciding every command of a batch so, against one snapshot,
// finds those that are refused or were answered before, whatever the others come to.
Outcome DecideAlone(const Snapshot& snapshot, const Command& command);

}  // namespace dm::booking
