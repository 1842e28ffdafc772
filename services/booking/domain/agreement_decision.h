#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/booking/domain/agreement.h"
#include "services/booking/domain/agreement_document.h"
#include "services/booking/domain/agreement_transitions.h"
#include "services/booking/domain/booking.h"
#include "services/booking/domain/person.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

// What becomes of an agreement as pure functions: what is true, what is asked, what follows.
namespace dm::booking {

// The text that the parties are asked to sign.
struct FixedText {
  // Canonical, and its hash.
  std::string document;
  std::string hash;
  std::vector<Signatory> signatories;
};

// A step that somebody asks for on an agreement.
struct AgreementCommand {
  AgreementStep step = AgreementStep::kReview;
  AgreementParty party = AgreementParty::kSystem;
  // "people/{subject}" of who is signed in; empty for who comes by a link and for the suite.
  std::string person;
  // The version that the caller saw; absent for "whatever it is now".
  std::optional<int64_t> expected_version;
  // In the caller's words. May be empty.
  std::string reason;
  // What goes with the step: kEdit, kSubmit, kSign, kReport.
  std::variant<std::monostate, AgreementContent, FixedText, Signature, StayReport> detail;
};

// What a step makes of an agreement.
struct AgreementChange {
  Agreement after;
  // Absent for a new agreement.
  std::optional<AgreementState> from;
  AgreementEffect effect = AgreementEffect::kNone;
  AgreementParty party = AgreementParty::kSystem;
  // As in AgreementCommand.
  std::string person;
};

// A draft for a booking, in the words of who begins it; without a schedule it gets the hours of the
// session. AGREEMENT_NOT_NEEDED, BOOKING_NOT_CONFIRMED, SESSION_PAST.
absl::StatusOr<AgreementChange> BeginAgreement(std::string id, const Booking& booking,
                                               AgreementContent content, AgreementParty party,
                                               std::string person, absl::Time now);

// The document as the text to be signed. AGREEMENT_INCOMPLETE, NOT_ELIGIBLE.
absl::StatusOr<FixedText> FixText(const AgreementDocument& document);

// Takes a step. STATE_CONFLICT, ETAG_MISMATCH, SESSION_PAST, BOOKING_NOT_CONFIRMED, and what else
// the guards say.
absl::StatusOr<AgreementChange> Decide(const Agreement& agreement, const Booking& booking,
                                       AgreementCommand command, absl::Time now);

// What time and the booking have made of it; absent when nothing.
std::optional<AgreementChange> ReviewAgreement(const Agreement& agreement, const Booking& booking,
                                               absl::Time now);

}  // namespace dm::booking
