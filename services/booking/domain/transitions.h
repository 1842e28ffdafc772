#pragma once

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "services/booking/domain/booking_state.h"

#include <cstdint>
#include <optional>
#include <string>

namespace dm::booking {

// Who takes a step on a booking. The names are stored in the audit trail.
enum class Party : uint8_t { kApplicant, kHost, kAgency, kSystem };

// "APPLICANT": the name of event.v1.BookingChanged.Actor without its prefix.
absl::string_view PartyName(Party party);

// What can be asked of a booking. kBook makes one. kReview asks the ledger to look whether time or
// facts that changed elsewhere (a consent, an agreement, the session) move it; kOffer, kMove and
// kFollow are steps that follow from others: a seat was freed, the applicant took a seat of another
// session, the session moved to another time.
enum class Step : uint8_t {
  kBook,
  kAccept,
  kDecline,
  kConfirm,
  kCancel,
  kAttended,
  kApplicantAbsent,
  kHostAbsent,
  kReview,
  kOffer,
  kMove,
  kFollow,
};

absl::Span<const Step> AllSteps();
absl::string_view StepName(Step step);

// What must be true for a transition. Of the rows for one state, step and party the first whose
// guard holds is taken, so a guard need not repeat that those before it do not hold.
enum class Guard : uint8_t {
  kAlways,
  kBeforeStart,
  kStarted,
  // Every seat is taken.
  kNoSeat,
  // A guardian has to agree and has not yet.
  kConsentMissing,
  // No guardian has to agree any more, and the session has not started.
  kConsentSettled,
  // The guardian refused or took the consent back after the booking was made.
  kConsentWithdrawn,
  // The host answers each request, and the session has not started.
  kByHand,
  // The state's time is over.
  kTimedOut,
  // The session will not take place.
  kSessionCancelled,
  // The applicant's place at that time was confirmed elsewhere.
  kOverlapConfirmed,
  // The session has started, an agreement was needed, and none is validated.
  kAgreementMissing,
  // The applicant asked to be erased.
  kErased,
  // The law forbids the stay at the time to which the session has moved.
  kRulesBroken,
  // The applicant holds another seat at the time to which the session has moved.
  kSeatElsewhere,
};

absl::Span<const Guard> AllGuards();
// In a few English words, for pictures: "the session has started".
absl::string_view GuardText(Guard guard);

// What is known of a booking and its session when a step is asked.
struct Facts {
  bool started = false;
  bool seat_free = true;
  bool consent_missing = false;
  bool consent_withdrawn = false;
  bool by_hand = true;
  bool timed_out = false;
  bool session_cancelled = false;
  bool overlap_confirmed = false;
  bool agreement_missing = false;
  bool erased = false;
  bool rules_broken = false;
  bool seat_elsewhere = false;
};
bool Holds(Guard guard, const Facts& facts);

// What a transition does to the seats of the session.
enum class Effect : uint8_t {
  kNone,
  kTakesSeat,
  // The first in line is offered the seat.
  kFreesSeat,
  // The person's other requests for that time are released.
  kConfirmsSeat,
};

// One row of the ledger's state machine.
struct Transition {
  // Absent for a booking that is made.
  std::optional<BookingState> from;
  Step step;
  Party party;
  Guard guard;
  BookingState to;
  Effect effect;
  // The fixed word that the audit trail and the event carry ("HOST_DECLINED").
  absl::string_view why;
};

// The whole state machine. Code, tests and the picture in the README are made from it.
absl::Span<const Transition> AllTransitions();

// The row that is taken; null when there is none.
const Transition* FindTransition(std::optional<BookingState> from, Step step, Party party,
                                 const Facts& facts);

// The guard of the last row for that state, step and party: what a refusal is explained by. Absent
// when there is no such row, so that the state itself does not allow it.
std::optional<Guard> LastGuard(BookingState from, Step step, Party party);

// Whether the party may ever take the step, whatever the state.
bool MayTake(Party party, Step step);

// The state machine as a Mermaid diagram, a line an edge.
std::string TransitionsPicture();

}  // namespace dm::booking
