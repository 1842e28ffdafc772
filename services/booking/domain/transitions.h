#pragma once

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "services/booking/domain/booking_state.h"

#include <cstdint>

namespace dm::booking {

// Who takes a step on a booking. The names are stored in the audit trail.
enum class Party : uint8_t { kApplicant, kHost, kAgency, kSystem };

// "APPLICANT": the name of event.v1.BookingChanged.Actor without its prefix.
absl::string_view PartyName(Party party);

// What can be asked of a booking that exists.
enum class Step : uint8_t { kAccept, kDecline, kCancel };

absl::Span<const Step> AllSteps();
absl::string_view StepName(Step step);

// One row of the ledger's state machine: `party` may lead a booking from `from` to `to` by `step`.
struct Transition {
  BookingState from;
  Step step;
  Party party;
  BookingState to;
  // Refused with SESSION_PAST once the session has started.
  bool only_before_start;
  // The fixed word that the audit trail and the event carry ("HOST_DECLINED").
  absl::string_view why;
};

// The whole state machine. Code, tests and pictures are made from it.
absl::Span<const Transition> AllTransitions();

// Null when the state does not allow the step to that party.
const Transition* FindTransition(BookingState from, Step step, Party party);

// Whether the party may ever take the step, whatever the state.
bool MayTake(Party party, Step step);

// The state that a new booking starts in, and its word for the audit trail.
struct Entry {
  BookingState state;
  absl::string_view why;
};
Entry EntryFor(bool instant_confirmation);

}  // namespace dm::booking
