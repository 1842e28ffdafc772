#pragma once

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "services/booking/domain/booking.h"
#include "services/booking/domain/command.h"
#include "services/booking/domain/snapshot.h"
#include "services/booking/domain/terms.h"

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
// A look of the suite's own was taken; there is no booking to show.
struct Reviewed {};
// The request was answered before: the same bytes again.
struct Replayed {
  std::string answer;
};
// The request is the same as an earlier one of this batch that was done: its answer again.
struct SameAs {
  size_t command = 0;
};
using Outcome = std::variant<Refused, Done, Reviewed, Replayed, SameAs>;

// One row of the audit trail and one event.
struct TransitionRecord {
  // As it is after the step.
  Booking booking;
  // Absent for a new booking.
  std::optional<BookingState> from;
  Party party = Party::kApplicant;
  // Who took the step: "people/{subject}", or "system".
  std::string person;
  // A fixed word, as in Transition.
  std::string why;
  // The id of the other booking of a rescheduling; else empty.
  std::string related_booking;
  // What it changes of the host's requests in the month in which the booking was made: 1, -1 or 0.
  int counted_requests = 0;
};

// A booking that exists and changed: the row must still have `expected_version`.
struct ChangedBooking {
  Booking booking;
  int64_t expected_version = 0;
  // It takes place at another time than before.
  bool moved = false;
};

// A booking whose state stays and whose times to look again change; no step, so no new version.
struct Look {
  std::string booking_id;
  std::optional<absl::Time> expire_time;
  std::optional<absl::Time> review_time;
};

// How a session changes.
struct SessionChange {
  // As it is afterwards.
  Session session;
  // Added to what is held, and to what is in line.
  int held_delta = 0;
  int waitlisted_delta = 0;
  // It was looked at, so that no look is due any more; or one is due at once, since not all of the
  // line was at hand.
  bool reviewed = false;
  bool review_again = false;
};

// More is held than announced: those who came last are told.
struct Overbooking {
  Session session;
  // Last come first.
  std::vector<Booking> last_in;
};

// How the requests of a host that has a quota change in the month of the decision.
struct HostRequests {
  std::string host;
  int quota = 0;
  int change = 0;
};

struct Decision {
  // One per command, in the same order.
  std::vector<Outcome> outcomes;
  std::vector<Booking> created;
  // Both in ascending order of the booking's id.
  std::vector<ChangedBooking> changed;
  std::vector<Look> looks;
  // In the order in which the steps were taken.
  std::vector<TransitionRecord> transitions;
  // In ascending order of the session's id.
  std::vector<SessionChange> sessions;
  std::vector<Overbooking> overbookings;
  // In ascending order of the host.
  std::vector<HostRequests> host_requests;

  bool WritesNothing() const {
    return created.empty() && changed.empty() && looks.empty() && transitions.empty() &&
           sessions.empty() && overbookings.empty();
  }
};

// Decides the commands in their order, each seeing the effect of those before it. No command's
// refusal touches another. A seat is added to a session only while fewer are held than announced; a
// seat that is freed goes to the first in line who holds no other seat at that time.
Decision Decide(const Snapshot& snapshot, const Terms& terms, absl::Span<const Command> commands);

// What a command alone would come to. Deciding every command of a batch so, against one snapshot,
// finds those that are refused or were answered before, whatever the others come to.
Outcome DecideAlone(const Snapshot& snapshot, const Terms& terms, const Command& command);

}  // namespace dm::booking
