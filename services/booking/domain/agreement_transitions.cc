#include "services/booking/domain/agreement_transitions.h"

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <array>
#include <cstddef>
#include <utility>
#include <vector>

namespace dm::booking {
namespace {

using S = AgreementState;
using T = AgreementStep;
using P = AgreementParty;
using G = AgreementGuard;
using E = AgreementEffect;

constexpr std::array kSteps = {T::kEdit,     T::kSubmit, T::kSign,   T::kRecommend, T::kReturn,
                               T::kValidate, T::kReject, T::kCancel, T::kReport,    T::kReview};

constexpr std::array<absl::string_view, kSteps.size()> kStepNames = {
    "EDIT",     "SUBMIT", "SIGN",   "RECOMMEND", "RETURN",
    "VALIDATE", "REJECT", "CANCEL", "REPORT",    "REVIEW"};

// Who may write it: each of them has an account and a share in the stay.
constexpr AgreementParties kWriters = {P::kApplicant, P::kTutor, P::kChamber};
constexpr AgreementParties kSigners = {P::kApplicant, P::kGuardian, P::kTutor, P::kSchool};
constexpr AgreementParties kChamber = {P::kChamber};
constexpr AgreementParties kReporters = {P::kApplicant, P::kTutor};
constexpr AgreementParties kSystem = {P::kSystem};

// clang-format off
constexpr AgreementTransition kTransitions[] = {
    {S::kDraft, T::kEdit, kWriters, G::kAlways, true, S::kDraft, E::kNone, "EDITED"},
    {S::kDraft, T::kSubmit, kWriters, G::kAlways, true, S::kSigning, E::kFixesText, "SUBMITTED"},
    {S::kDraft, T::kCancel, kChamber, G::kAlways, false, S::kCancelled, E::kNone, "CHAMBER_CANCELLED"},
    {S::kDraft, T::kReview, kSystem, G::kBookingLeft, false, S::kCancelled, E::kNone, "BOOKING_ENDED"},
    {S::kDraft, T::kReview, kSystem, G::kStayMoved, false, S::kDraft, E::kFollowsBooking, "STAY_MOVED"},
    {S::kDraft, T::kReview, kSystem, G::kStarted, false, S::kExpired, E::kNone, "NOT_VALIDATED_IN_TIME"},

    // Whoever signed, signed another text: all sign anew, when it is submitted again.
    {S::kSigning, T::kEdit, kWriters, G::kAlways, true, S::kDraft, E::kClearsSignatures, "EDITED"},
    {S::kSigning, T::kSign, kSigners, G::kLastSignature, true, S::kInReview, E::kSigns, "SIGNED"},
    {S::kSigning, T::kSign, kSigners, G::kAlways, true, S::kSigning, E::kSigns, "SIGNED"},
    {S::kSigning, T::kCancel, kChamber, G::kAlways, false, S::kCancelled, E::kNone, "CHAMBER_CANCELLED"},
    {S::kSigning, T::kReview, kSystem, G::kBookingLeft, false, S::kCancelled, E::kNone, "BOOKING_ENDED"},
    {S::kSigning, T::kReview, kSystem, G::kStayMoved, false, S::kDraft, E::kFollowsBooking, "STAY_MOVED"},
    {S::kSigning, T::kReview, kSystem, G::kStarted, false, S::kExpired, E::kNone, "NOT_VALIDATED_IN_TIME"},

    {S::kInReview, T::kEdit, kWriters, G::kAlways, true, S::kDraft, E::kClearsSignatures, "EDITED"},
    {S::kInReview, T::kRecommend, kChamber, G::kNotRecommended, true, S::kInReview, E::kRecommends, "RECOMMENDED"},
    {S::kInReview, T::kReturn, kChamber, G::kAlways, true, S::kDraft, E::kClearsSignatures, "RETURNED"},
    {S::kInReview, T::kValidate, kChamber, G::kRecommendedByAnother, true, S::kValidated, E::kValidates, "VALIDATED"},
    {S::kInReview, T::kReject, kChamber, G::kAlways, true, S::kRejected, E::kNone, "REJECTED"},
    {S::kInReview, T::kCancel, kChamber, G::kAlways, false, S::kCancelled, E::kNone, "CHAMBER_CANCELLED"},
    {S::kInReview, T::kReview, kSystem, G::kBookingLeft, false, S::kCancelled, E::kNone, "BOOKING_ENDED"},
    {S::kInReview, T::kReview, kSystem, G::kStayMoved, false, S::kDraft, E::kFollowsBooking, "STAY_MOVED"},
    {S::kInReview, T::kReview, kSystem, G::kStarted, false, S::kExpired, E::kNone, "NOT_VALIDATED_IN_TIME"},

    {S::kValidated, T::kCancel, kChamber, G::kBeforeEnd, false, S::kCancelled, E::kInvalidates, "CHAMBER_CANCELLED"},
    {S::kValidated, T::kReport, kReporters, G::kAfterEnd, false, S::kValidated, E::kReports, "REPORTED"},
    {S::kValidated, T::kReview, kSystem, G::kBookingLeft, false, S::kCancelled, E::kInvalidates, "BOOKING_ENDED"},
    {S::kValidated, T::kReview, kSystem, G::kStayMoved, false, S::kDraft, E::kFollowsBooking, "STAY_MOVED"},
};
// clang-format on

bool IsRowOf(const AgreementTransition& row, AgreementState from, AgreementStep step,
             AgreementParty party) {
  return row.from == from && row.step == step && row.parties.Contains(party);
}

bool HasLeft(const Booking& booking) {
  return booking.state == BookingState::kDeclined || booking.state == BookingState::kCancelled ||
         booking.state == BookingState::kExpired;
}

}  // namespace

absl::Span<const AgreementStep> AllAgreementSteps() { return kSteps; }

absl::string_view AgreementStepName(AgreementStep step) {
  return kStepNames[static_cast<size_t>(step)];
}

absl::Span<const AgreementTransition> AllAgreementTransitions() { return kTransitions; }

AgreementFacts AgreementFactsOf(const Agreement& agreement, const Booking& booking, absl::Time now,
                                const std::string& person) {
  const bool moved =
      booking.start_time != agreement.start_time || booking.end_time != agreement.end_time;
  return {.now = now,
          .start_time = agreement.start_time,
          .end_time = agreement.end_time,
          .missing_signatures = agreement.MissingSignatures(),
          .recommended_by = agreement.recommended.has_value() ? agreement.recommended->person : "",
          .person = person,
          // What ended at the start without a validated one, ended for want of this agreement.
          .booking_left = HasLeft(booking) && (agreement.state == S::kValidated ||
                                               booking.update_time < booking.start_time),
          .stay_moved = moved && IsLive(booking.state) && now < booking.start_time};
}

bool Holds(AgreementGuard guard, const AgreementFacts& facts) {
  switch (guard) {
    case G::kAlways:
      return true;
    case G::kLastSignature:
      return facts.missing_signatures == 1;
    case G::kNotRecommended:
      return facts.recommended_by.empty();
    case G::kRecommendedByAnother:
      return !facts.recommended_by.empty() && facts.recommended_by != facts.person;
    case G::kBeforeEnd:
      return facts.now < facts.end_time;
    case G::kAfterEnd:
      return facts.now >= facts.end_time;
    case G::kBookingLeft:
      return facts.booking_left;
    case G::kStarted:
      return facts.now >= facts.start_time;
    case G::kStayMoved:
      return facts.stay_moved;
  }
  return false;
}

const AgreementTransition* FindAgreementTransition(AgreementState from, AgreementStep step,
                                                   AgreementParty party,
                                                   const AgreementFacts& facts) {
  for (const AgreementTransition& row : kTransitions) {
    if (IsRowOf(row, from, step, party) && Holds(row.guard, facts)) return &row;
  }
  return nullptr;
}

bool IsAgreementStepOf(AgreementState from, AgreementStep step, AgreementParty party) {
  return absl::c_any_of(kTransitions, [&](const AgreementTransition& row) {
    return IsRowOf(row, from, step, party);
  });
}

bool MayTake(AgreementParty party, AgreementStep step) {
  return absl::c_any_of(kTransitions, [&](const AgreementTransition& row) {
    return row.step == step && row.parties.Contains(party);
  });
}

std::string AgreementTransitionsPicture() {
  // Edges between the same two states share a line.
  std::vector<std::pair<std::string, std::vector<absl::string_view>>> edges = {
      {"[*] --> DRAFT", {"CREATED"}}};
  for (const AgreementTransition& row : kTransitions) {
    const std::string edge =
        absl::StrCat(AgreementStateName(row.from), " --> ", AgreementStateName(row.to));
    auto found = absl::c_find_if(edges, [&](const auto& known) { return known.first == edge; });
    if (found == edges.end()) found = edges.insert(edges.end(), {edge, {}});
    if (!absl::c_linear_search(found->second, row.why)) found->second.push_back(row.why);
  }
  std::string picture = "stateDiagram-v2\n";
  for (const auto& [edge, whys] : edges) {
    absl::StrAppend(&picture, "  ", edge, ": ", absl::StrJoin(whys, ", "), "\n");
  }
  return picture;
}

}  // namespace dm::booking
