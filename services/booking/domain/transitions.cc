#include "services/booking/domain/transitions.h"

#include <algorithm>
#include <array>

namespace dm::booking {
namespace {

using S = BookingState;

constexpr std::array kSteps = {Step::kAccept, Step::kDecline, Step::kCancel};

constexpr std::array<Transition, 12> kTransitions = {{
    {S::kPendingHost, Step::kAccept, Party::kHost, S::kConfirmed, true, "HOST_ACCEPTED"},
    {S::kPendingHost, Step::kDecline, Party::kHost, S::kDeclined, false, "HOST_DECLINED"},
    {S::kWaitlisted, Step::kCancel, Party::kApplicant, S::kCancelled, true, "APPLICANT_CANCELLED"},
    {S::kOffered, Step::kCancel, Party::kApplicant, S::kCancelled, true, "APPLICANT_CANCELLED"},
    {S::kPendingConsent, Step::kCancel, Party::kApplicant, S::kCancelled, true,
     "APPLICANT_CANCELLED"},
    {S::kPendingHost, Step::kCancel, Party::kApplicant, S::kCancelled, true, "APPLICANT_CANCELLED"},
    {S::kConfirmed, Step::kCancel, Party::kApplicant, S::kCancelled, true, "APPLICANT_CANCELLED"},
    {S::kWaitlisted, Step::kCancel, Party::kHost, S::kCancelled, true, "HOST_CANCELLED"},
    {S::kOffered, Step::kCancel, Party::kHost, S::kCancelled, true, "HOST_CANCELLED"},
    {S::kPendingConsent, Step::kCancel, Party::kHost, S::kCancelled, true, "HOST_CANCELLED"},
    {S::kPendingHost, Step::kCancel, Party::kHost, S::kCancelled, true, "HOST_CANCELLED"},
    {S::kConfirmed, Step::kCancel, Party::kHost, S::kCancelled, true, "HOST_CANCELLED"},
}};

}  // namespace

absl::string_view PartyName(Party party) {
  switch (party) {
    case Party::kApplicant:
      return "APPLICANT";
    case Party::kHost:
      return "HOST";
    case Party::kAgency:
      return "AGENCY";
    case Party::kSystem:
      return "SYSTEM";
  }
  return "";
}

absl::Span<const Step> AllSteps() { return kSteps; }

absl::string_view StepName(Step step) {
  switch (step) {
    case Step::kAccept:
      return "ACCEPT";
    case Step::kDecline:
      return "DECLINE";
    case Step::kCancel:
      return "CANCEL";
  }
  return "";
}

absl::Span<const Transition> AllTransitions() { return kTransitions; }

const Transition* FindTransition(BookingState from, Step step, Party party) {
  for (const Transition& row : kTransitions) {
    if (row.from == from && row.step == step && row.party == party) return &row;
  }
  return nullptr;
}

bool MayTake(Party party, Step step) {
  return std::any_of(kTransitions.begin(), kTransitions.end(),
                     [&](const Transition& row) { return row.party == party && row.step == step; });
}

Entry EntryFor(bool instant_confirmation) {
  if (instant_confirmation) return {BookingState::kConfirmed, "CONFIRMED_AT_ONCE"};
  return {BookingState::kPendingHost, "REQUESTED"};
}

}  // namespace dm::booking
