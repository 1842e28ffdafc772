#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/booking/domain/agreement.h"
#include "services/booking/domain/agreement_parties.h"
#include "services/booking/domain/agreement_state.h"
#include "services/booking/domain/booking.h"

#include <cstdint>
#include <string>

namespace dm::booking {

// What can be asked of an agreement that exists.
enum class AgreementStep : uint8_t {
  // Writes its content anew.
  kEdit,
  // Fixes the text and asks the parties to sign it.
  kSubmit,
  kSign,
  // The first of two persons of the chamber finds it good.
  kRecommend,
  // The chamber wants it changed.
  kReturn,
  // The second person validates it.
  kValidate,
  kReject,
  kCancel,
  // Says, when the stay is over, how it was.
  kReport,
  // The suite looks at what time and the booking have made of it.
  kReview,
};

absl::Span<const AgreementStep> AllAgreementSteps();
// "SUBMIT".
absl::string_view AgreementStepName(AgreementStep step);

// What must be true for a transition besides state, step and party.
enum class AgreementGuard : uint8_t {
  kAlways,
  // Every other party has signed.
  kLastSignature,
  kNotRecommended,
  // Recommended, and not by who asks now: four eyes.
  kRecommendedByAnother,
  // The stay is not over.
  kBeforeEnd,
  // It is over.
  kAfterEnd,
  // The booking left the ledger before the stay, or during one that might take place.
  kBookingLeft,
  // The stay has begun.
  kStarted,
  // The booking has other times than the agreement was written for, and they are still to come.
  kStayMoved,
};

// What comes with a transition besides the new state.
enum class AgreementEffect : uint8_t {
  kNone,
  // Text and signatories are fixed; each is told.
  kFixesText,
  kSigns,
  // The text is no longer fixed: signatures, links and the review so far are void.
  kClearsSignatures,
  kRecommends,
  // The stay may take place.
  kValidates,
  // The stay may no longer take place.
  kInvalidates,
  // As kClearsSignatures, for the times that the booking now has.
  kFollowsBooking,
  kReports,
};

// One row of the state machine: the parties may lead an agreement from `from` to `to` by `step`.
struct AgreementTransition {
  AgreementState from;
  AgreementStep step;
  AgreementParties parties;
  AgreementGuard guard;
  // Refused with SESSION_PAST once the stay has begun.
  bool only_before_start;
  AgreementState to;
  AgreementEffect effect;
  // The fixed word that history and event carry.
  absl::string_view why;
};

// The whole state machine. Rows of one state, step and party are tried in their order: the first
// whose guard holds is taken. Code and tests are made from it.
absl::Span<const AgreementTransition> AllAgreementTransitions();

// What guards look at.
struct AgreementFacts {
  absl::Time now;
  absl::Time start_time;
  absl::Time end_time;
  // Signatures that are missing, and whether one of them is that of who asks.
  int missing_signatures = 0;
  // Who recommended it; empty for nobody.
  std::string recommended_by;
  // "people/{subject}" of who asks.
  std::string person;
  // The booking ended by being declined, cancelled or expired, and not for want of the agreement.
  bool booking_left = false;
  // It has other times than the agreement, all of them to come.
  bool stay_moved = false;
};

AgreementFacts AgreementFactsOf(const Agreement& agreement, const Booking& booking, absl::Time now,
                                const std::string& person);

bool Holds(AgreementGuard guard, const AgreementFacts& facts);

// Null when nothing in the table allows it. Looks at guards only, not at `only_before_start`.
const AgreementTransition* FindAgreementTransition(AgreementState from, AgreementStep step,
                                                   AgreementParty party,
                                                   const AgreementFacts& facts);

// Whether the state allows the step to the party if some guard held.
bool IsAgreementStepOf(AgreementState from, AgreementStep step, AgreementParty party);

// Whether the party may ever take the step, whatever the state.
bool MayTake(AgreementParty party, AgreementStep step);

// The state machine as a Mermaid diagram, a line an edge.
std::string AgreementTransitionsPicture();

}  // namespace dm::booking
