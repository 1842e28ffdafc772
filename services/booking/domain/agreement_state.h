#pragma once

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

#include <cstdint>
#include <optional>

namespace dm::booking {

// Where an agreement stands. The names are stored and sent, so they are never changed.
enum class AgreementState : uint8_t {
  // Being written; nobody is asked for anything.
  kDraft,
  // The text stands, the parties sign it one after the other or all at once.
  kSigning,
  // All have signed; the chamber looks at it, two persons one after the other.
  kInReview,
  kValidated,
  kRejected,
  kCancelled,
  kExpired,
};

// Every state, in the order of the enumeration.
absl::Span<const AgreementState> AllAgreementStates();

// Nothing more can become of it, save an end-of-stay report beside a validated one.
bool IsFinal(AgreementState state);

// Parties may still sign or have signed the text as it is.
bool IsUnderSignature(AgreementState state);

// "IN_REVIEW": the name of booking.v1.Agreement.State without its prefix.
absl::string_view AgreementStateName(AgreementState state);
std::optional<AgreementState> ParseAgreementState(absl::string_view name);

}  // namespace dm::booking
