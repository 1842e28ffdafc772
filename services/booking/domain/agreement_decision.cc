#include "services/booking/domain/agreement_decision.h"

#include "absl/algorithm/container.h"
#include "services/booking/domain/agreement_refusals.h"
#include "services/booking/domain/person_name.h"
#include "services/booking/domain/presence.h"
#include "services/booking/domain/refusals.h"
#include "services/booking/domain/signing.h"

#include <utility>

namespace dm::booking {
namespace {

using E = AgreementEffect;
using G = AgreementGuard;
using S = AgreementState;
using T = AgreementStep;

// Whether the booking is one on which the parties may take the step.
bool Admits(BookingState state, AgreementStep step) {
  switch (step) {
    case T::kReview:
    case T::kCancel:
      return true;
    case T::kReport:
      return state == BookingState::kConfirmed || state == BookingState::kCompleted;
    default:
      return state == BookingState::kConfirmed;
  }
}

// Why no row of the table was taken.
absl::Status Explain(const Agreement& agreement, const AgreementCommand& command,
                     const AgreementFacts& facts) {
  if (IsAgreementStepOf(agreement.state, command.step, command.party)) {
    if (command.step == T::kReport) return AgreementStayNotOver(agreement);
    if (command.step == T::kCancel) return AgreementStayPast(agreement);
    if (command.step == T::kValidate) {
      return facts.recommended_by.empty() ? NotRecommendedYet(agreement)
                                          : FourEyesNeeded(agreement);
    }
  }
  return AgreementStateConflict(agreement, command.step);
}

// A day outside the stay cannot be agreed on.
absl::Status CheckSchedule(const AgreementContent& content, absl::Time start, absl::Time end) {
  Violations violations;
  CheckScheduleWithin(content, ParisDayOf(start), ParisDayOf(end), "agreement.content.",
                      violations);
  return violations.ToStatus();
}

absl::Status CheckSignature(const Agreement& agreement, const AgreementCommand& command) {
  const Signatory* signatory = agreement.FindSignatory(command.party);
  if (signatory == nullptr) return NotASignatory(agreement);
  if (signatory->signature.has_value()) return AlreadySigned(agreement);
  if (std::get<Signature>(command.detail).document_hash != agreement.document_hash) {
    return DocumentChanged(agreement);
  }
  return absl::OkStatus();
}

void ClearSignatures(Agreement* agreement) {
  agreement->document.clear();
  agreement->document_hash.clear();
  agreement->signatories.clear();
  agreement->recommended.reset();
  agreement->validated.reset();
}

void FollowBooking(const Booking& booking, Agreement* agreement) {
  ClearSignatures(agreement);
  agreement->start_time = booking.start_time;
  agreement->end_time = booking.end_time;
  agreement->content.stay.schedule = PresenceDaysOf(booking.start_time, booking.end_time);
}

void KeepReport(StayReport report, Agreement* agreement) {
  const auto same = absl::c_find_if(
      agreement->reports, [&](const StayReport& other) { return other.party == report.party; });
  if (same == agreement->reports.end()) {
    agreement->reports.push_back(std::move(report));
  } else {
    *same = std::move(report);
  }
}

void Apply(E effect, const Booking& booking, AgreementCommand& command, absl::Time now,
           Agreement* agreement) {
  if (command.step == T::kEdit) {
    agreement->content = std::get<AgreementContent>(std::move(command.detail));
    if (agreement->content.stay.schedule.empty()) {
      agreement->content.stay.schedule = PresenceDaysOf(agreement->start_time, agreement->end_time);
    }
  }
  switch (effect) {
    case E::kNone:
    case E::kInvalidates:
      return;
    case E::kFixesText: {
      auto text = std::get<FixedText>(std::move(command.detail));
      agreement->document = std::move(text.document);
      agreement->document_hash = std::move(text.hash);
      agreement->signatories = std::move(text.signatories);
      return;
    }
    case E::kSigns:
      for (Signatory& signatory : agreement->signatories) {
        if (signatory.party == command.party) {
          signatory.signature = std::get<Signature>(command.detail);
        }
      }
      return;
    case E::kClearsSignatures:
      return ClearSignatures(agreement);
    case E::kRecommends:
      agreement->recommended = ReviewMark{command.person, now};
      return;
    case E::kValidates:
      agreement->validated = ReviewMark{command.person, now};
      return;
    case E::kFollowsBooking:
      return FollowBooking(booking, agreement);
    case E::kReports:
      return KeepReport(std::get<StayReport>(std::move(command.detail)), agreement);
  }
}

AgreementChange Follow(const AgreementTransition& row, const Agreement& agreement,
                       const Booking& booking, AgreementCommand command, absl::Time now) {
  AgreementChange change{.after = agreement,
                         .from = agreement.state,
                         .effect = row.effect,
                         .party = command.party,
                         .person = command.person};
  change.after.state = row.to;
  change.after.version += 1;
  change.after.update_time = now;
  change.after.reason = command.reason;
  change.after.why = std::string(row.why);
  Apply(row.effect, booking, command, now, &change.after);
  return change;
}

}  // namespace

absl::StatusOr<AgreementChange> BeginAgreement(std::string id, const Booking& booking,
                                               AgreementContent content, AgreementParty party,
                                               std::string person, absl::Time now) {
  if (!booking.agreement_needed) return AgreementNotNeeded(booking);
  if (booking.state != BookingState::kConfirmed) return BookingNotConfirmed(booking);
  Agreement agreement;
  agreement.id = std::move(id);
  agreement.booking_id = booking.id;
  agreement.scheme = booking.scheme;
  agreement.content = std::move(content);
  agreement.start_time = booking.start_time;
  agreement.end_time = booking.end_time;
  agreement.create_time = now;
  agreement.update_time = now;
  agreement.why = "CREATED";
  if (now >= booking.start_time) return AgreementStayPast(agreement);
  if (absl::Status within = CheckSchedule(agreement.content, booking.start_time, booking.end_time);
      !within.ok()) {
    return within;
  }
  if (agreement.content.stay.schedule.empty()) {
    agreement.content.stay.schedule = PresenceDaysOf(booking.start_time, booking.end_time);
  }
  return AgreementChange{.after = std::move(agreement),
                         .from = std::nullopt,
                         .effect = E::kNone,
                         .party = party,
                         .person = std::move(person)};
}

absl::StatusOr<FixedText> FixText(const AgreementDocument& document) {
  Violations missing;
  CheckAgreementComplete(document.content, document.scheme, document.minor, "content.", missing);
  if (!missing.empty()) return AgreementIncomplete(document.booking_id, missing);
  const bool allowed = absl::c_all_of(document.findings,
                                      [](const RuleFinding& finding) { return finding.satisfied; });
  if (!allowed) {
    return NotEligible(AgreementName(document.booking_id), document.findings);
  }
  FixedText text{
      .document = CanonicalText(document), .hash = "", .signatories = SignatoriesOf(document)};
  text.hash = HexHash(text.document);
  return text;
}

absl::StatusOr<AgreementChange> Decide(const Agreement& agreement, const Booking& booking,
                                       AgreementCommand command, absl::Time now) {
  if (!MayTake(command.party, command.step)) {
    return NotYourAgreementStep(booking.id, command.step);
  }
  if (command.expected_version.has_value() && *command.expected_version != agreement.version) {
    return AgreementEtagMismatch(agreement);
  }
  if (command.step == T::kReport && IsPseudonym(booking.applicant)) {
    return AgreementUnknown(booking.id);
  }
  if (!Admits(booking.state, command.step)) return BookingNotConfirmed(booking);
  const AgreementFacts facts = AgreementFactsOf(agreement, booking, now, command.person);
  const AgreementTransition* row =
      FindAgreementTransition(agreement.state, command.step, command.party, facts);
  if (row == nullptr) return Explain(agreement, command, facts);
  if (row->only_before_start && now >= agreement.start_time) return AgreementStayPast(agreement);
  if (command.step == T::kSign) {
    if (absl::Status fits = CheckSignature(agreement, command); !fits.ok()) return fits;
  }
  if (command.step == T::kEdit) {
    if (absl::Status within = CheckSchedule(std::get<AgreementContent>(command.detail),
                                            agreement.start_time, agreement.end_time);
        !within.ok()) {
      return within;
    }
  }
  return Follow(*row, agreement, booking, std::move(command), now);
}

std::optional<AgreementChange> ReviewAgreement(const Agreement& agreement, const Booking& booking,
                                               absl::Time now) {
  const AgreementTransition* row =
      FindAgreementTransition(agreement.state, T::kReview, AgreementParty::kSystem,
                              AgreementFactsOf(agreement, booking, now, ""));
  if (row == nullptr) return std::nullopt;
  return Follow(*row, agreement, booking, AgreementCommand{}, now);
}

}  // namespace dm::booking
