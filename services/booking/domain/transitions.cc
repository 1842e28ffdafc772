#include "services/booking/domain/transitions.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

namespace dm::booking {
namespace {

using S = BookingState;
using P = Party;
using G = Guard;
using E = Effect;

constexpr std::array kSteps = {
    Step::kBook,     Step::kAccept,          Step::kDecline,    Step::kConfirm, Step::kCancel,
    Step::kAttended, Step::kApplicantAbsent, Step::kHostAbsent, Step::kReview,  Step::kOffer,
    Step::kMove,     Step::kFollow};

constexpr std::array kGuards = {
    G::kAlways,           G::kBeforeStart,      G::kStarted, G::kNoSeat,      G::kConsentMissing,
    G::kConsentSettled,   G::kConsentWithdrawn, G::kByHand,  G::kTimedOut,    G::kSessionCancelled,
    G::kOverlapConfirmed, G::kAgreementMissing, G::kErased,  G::kRulesBroken, G::kSeatElsewhere};

// clang-format off
constexpr Transition kTransitions[] = {
    {std::nullopt, Step::kBook, P::kApplicant, G::kNoSeat, S::kWaitlisted, E::kNone, "JOINED_WAITLIST"},
    {std::nullopt, Step::kBook, P::kApplicant, G::kConsentMissing, S::kPendingConsent, E::kTakesSeat, "REQUESTED"},
    {std::nullopt, Step::kBook, P::kApplicant, G::kByHand, S::kPendingHost, E::kTakesSeat, "REQUESTED"},
    {std::nullopt, Step::kBook, P::kApplicant, G::kBeforeStart, S::kConfirmed, E::kConfirmsSeat, "CONFIRMED_AT_ONCE"},

    {S::kWaitlisted, Step::kOffer, P::kSystem, G::kBeforeStart, S::kOffered, E::kTakesSeat, "SEAT_FREED"},
    {S::kWaitlisted, Step::kCancel, P::kApplicant, G::kBeforeStart, S::kCancelled, E::kNone, "APPLICANT_CANCELLED"},
    {S::kWaitlisted, Step::kCancel, P::kHost, G::kBeforeStart, S::kCancelled, E::kNone, "HOST_CANCELLED"},
    {S::kWaitlisted, Step::kCancel, P::kAgency, G::kBeforeStart, S::kCancelled, E::kNone, "AGENCY_CANCELLED"},
    {S::kWaitlisted, Step::kReview, P::kSystem, G::kErased, S::kCancelled, E::kNone, "APPLICANT_ERASED"},
    {S::kWaitlisted, Step::kReview, P::kSystem, G::kSessionCancelled, S::kCancelled, E::kNone, "SESSION_CANCELLED"},
    {S::kWaitlisted, Step::kReview, P::kSystem, G::kTimedOut, S::kExpired, E::kNone, "WAITLIST_ENDED"},
    {S::kWaitlisted, Step::kReview, P::kSystem, G::kConsentWithdrawn, S::kCancelled, E::kNone, "CONSENT_WITHDRAWN"},
    {S::kWaitlisted, Step::kReview, P::kSystem, G::kOverlapConfirmed, S::kCancelled, E::kNone, "OVERLAPPING_CONFIRMED"},
    {S::kWaitlisted, Step::kFollow, P::kSystem, G::kRulesBroken, S::kCancelled, E::kNone, "NOT_ELIGIBLE_ANY_MORE"},
    {S::kWaitlisted, Step::kFollow, P::kSystem, G::kOverlapConfirmed, S::kCancelled, E::kNone, "OVERLAP_AFTER_MOVE"},
    {S::kWaitlisted, Step::kFollow, P::kSystem, G::kAlways, S::kWaitlisted, E::kNone, "SESSION_MOVED"},

    {S::kOffered, Step::kConfirm, P::kApplicant, G::kConsentMissing, S::kPendingConsent, E::kNone, "OFFER_TAKEN"},
    {S::kOffered, Step::kConfirm, P::kApplicant, G::kByHand, S::kPendingHost, E::kNone, "OFFER_TAKEN"},
    {S::kOffered, Step::kConfirm, P::kApplicant, G::kBeforeStart, S::kConfirmed, E::kConfirmsSeat, "OFFER_TAKEN"},
    {S::kOffered, Step::kCancel, P::kApplicant, G::kBeforeStart, S::kCancelled, E::kFreesSeat, "APPLICANT_CANCELLED"},
    {S::kOffered, Step::kCancel, P::kHost, G::kBeforeStart, S::kCancelled, E::kFreesSeat, "HOST_CANCELLED"},
    {S::kOffered, Step::kCancel, P::kAgency, G::kBeforeStart, S::kCancelled, E::kFreesSeat, "AGENCY_CANCELLED"},
    {S::kOffered, Step::kMove, P::kApplicant, G::kBeforeStart, S::kCancelled, E::kFreesSeat, "RESCHEDULED"},
    {S::kOffered, Step::kReview, P::kSystem, G::kErased, S::kCancelled, E::kFreesSeat, "APPLICANT_ERASED"},
    {S::kOffered, Step::kReview, P::kSystem, G::kSessionCancelled, S::kCancelled, E::kFreesSeat, "SESSION_CANCELLED"},
    {S::kOffered, Step::kReview, P::kSystem, G::kTimedOut, S::kExpired, E::kFreesSeat, "OFFER_EXPIRED"},
    {S::kOffered, Step::kReview, P::kSystem, G::kConsentWithdrawn, S::kCancelled, E::kFreesSeat, "CONSENT_WITHDRAWN"},
    {S::kOffered, Step::kFollow, P::kSystem, G::kRulesBroken, S::kCancelled, E::kFreesSeat, "NOT_ELIGIBLE_ANY_MORE"},
    {S::kOffered, Step::kFollow, P::kSystem, G::kSeatElsewhere, S::kCancelled, E::kFreesSeat, "OVERLAP_AFTER_MOVE"},
    {S::kOffered, Step::kFollow, P::kSystem, G::kAlways, S::kOffered, E::kNone, "SESSION_MOVED"},

    {S::kPendingConsent, Step::kCancel, P::kApplicant, G::kBeforeStart, S::kCancelled, E::kFreesSeat, "APPLICANT_CANCELLED"},
    {S::kPendingConsent, Step::kCancel, P::kHost, G::kBeforeStart, S::kCancelled, E::kFreesSeat, "HOST_CANCELLED"},
    {S::kPendingConsent, Step::kCancel, P::kAgency, G::kBeforeStart, S::kCancelled, E::kFreesSeat, "AGENCY_CANCELLED"},
    {S::kPendingConsent, Step::kMove, P::kApplicant, G::kBeforeStart, S::kCancelled, E::kFreesSeat, "RESCHEDULED"},
    {S::kPendingConsent, Step::kReview, P::kSystem, G::kErased, S::kCancelled, E::kFreesSeat, "APPLICANT_ERASED"},
    {S::kPendingConsent, Step::kReview, P::kSystem, G::kSessionCancelled, S::kCancelled, E::kFreesSeat, "SESSION_CANCELLED"},
    {S::kPendingConsent, Step::kReview, P::kSystem, G::kConsentWithdrawn, S::kCancelled, E::kFreesSeat, "CONSENT_REFUSED"},
    {S::kPendingConsent, Step::kReview, P::kSystem, G::kTimedOut, S::kExpired, E::kFreesSeat, "CONSENT_EXPIRED"},
    // A consent that is missing changes nothing: the booking waits on.
    {S::kPendingConsent, Step::kReview, P::kSystem, G::kConsentMissing, S::kPendingConsent, E::kNone, ""},
    {S::kPendingConsent, Step::kReview, P::kSystem, G::kByHand, S::kPendingHost, E::kNone, "GUARDIAN_CONSENTED"},
    {S::kPendingConsent, Step::kReview, P::kSystem, G::kBeforeStart, S::kConfirmed, E::kConfirmsSeat, "GUARDIAN_CONSENTED"},
    {S::kPendingConsent, Step::kFollow, P::kSystem, G::kRulesBroken, S::kCancelled, E::kFreesSeat, "NOT_ELIGIBLE_ANY_MORE"},
    {S::kPendingConsent, Step::kFollow, P::kSystem, G::kSeatElsewhere, S::kCancelled, E::kFreesSeat, "OVERLAP_AFTER_MOVE"},
    {S::kPendingConsent, Step::kFollow, P::kSystem, G::kAlways, S::kPendingConsent, E::kNone, "SESSION_MOVED"},

    {S::kPendingHost, Step::kAccept, P::kHost, G::kConsentSettled, S::kConfirmed, E::kConfirmsSeat, "HOST_ACCEPTED"},
    {S::kPendingHost, Step::kDecline, P::kHost, G::kAlways, S::kDeclined, E::kFreesSeat, "HOST_DECLINED"},
    {S::kPendingHost, Step::kCancel, P::kApplicant, G::kBeforeStart, S::kCancelled, E::kFreesSeat, "APPLICANT_CANCELLED"},
    {S::kPendingHost, Step::kCancel, P::kHost, G::kBeforeStart, S::kCancelled, E::kFreesSeat, "HOST_CANCELLED"},
    {S::kPendingHost, Step::kCancel, P::kAgency, G::kBeforeStart, S::kCancelled, E::kFreesSeat, "AGENCY_CANCELLED"},
    {S::kPendingHost, Step::kMove, P::kApplicant, G::kBeforeStart, S::kCancelled, E::kFreesSeat, "RESCHEDULED"},
    {S::kPendingHost, Step::kReview, P::kSystem, G::kErased, S::kCancelled, E::kFreesSeat, "APPLICANT_ERASED"},
    {S::kPendingHost, Step::kReview, P::kSystem, G::kSessionCancelled, S::kCancelled, E::kFreesSeat, "SESSION_CANCELLED"},
    {S::kPendingHost, Step::kReview, P::kSystem, G::kConsentWithdrawn, S::kCancelled, E::kFreesSeat, "CONSENT_WITHDRAWN"},
    {S::kPendingHost, Step::kReview, P::kSystem, G::kTimedOut, S::kExpired, E::kFreesSeat, "HOST_DID_NOT_ANSWER"},
    // What the guardian agreed to is no more what will be.
    {S::kPendingHost, Step::kReview, P::kSystem, G::kConsentMissing, S::kPendingConsent, E::kNone, "CONSENT_NEEDED_AGAIN"},
    {S::kPendingHost, Step::kFollow, P::kSystem, G::kRulesBroken, S::kCancelled, E::kFreesSeat, "NOT_ELIGIBLE_ANY_MORE"},
    {S::kPendingHost, Step::kFollow, P::kSystem, G::kSeatElsewhere, S::kCancelled, E::kFreesSeat, "OVERLAP_AFTER_MOVE"},
    {S::kPendingHost, Step::kFollow, P::kSystem, G::kConsentMissing, S::kPendingConsent, E::kNone, "CONSENT_NEEDED_AGAIN"},
    {S::kPendingHost, Step::kFollow, P::kSystem, G::kAlways, S::kPendingHost, E::kNone, "SESSION_MOVED"},

    {S::kConfirmed, Step::kCancel, P::kApplicant, G::kBeforeStart, S::kCancelled, E::kFreesSeat, "APPLICANT_CANCELLED"},
    {S::kConfirmed, Step::kCancel, P::kHost, G::kBeforeStart, S::kCancelled, E::kFreesSeat, "HOST_CANCELLED"},
    {S::kConfirmed, Step::kCancel, P::kAgency, G::kBeforeStart, S::kCancelled, E::kFreesSeat, "AGENCY_CANCELLED"},
    {S::kConfirmed, Step::kMove, P::kApplicant, G::kBeforeStart, S::kCancelled, E::kFreesSeat, "RESCHEDULED"},
    {S::kConfirmed, Step::kReview, P::kSystem, G::kErased, S::kCancelled, E::kFreesSeat, "APPLICANT_ERASED"},
    {S::kConfirmed, Step::kReview, P::kSystem, G::kSessionCancelled, S::kCancelled, E::kFreesSeat, "SESSION_CANCELLED"},
    {S::kConfirmed, Step::kReview, P::kSystem, G::kConsentWithdrawn, S::kCancelled, E::kFreesSeat, "CONSENT_WITHDRAWN"},
    {S::kConfirmed, Step::kReview, P::kSystem, G::kConsentMissing, S::kPendingConsent, E::kNone, "CONSENT_NEEDED_AGAIN"},
    {S::kConfirmed, Step::kReview, P::kSystem, G::kAgreementMissing, S::kCancelled, E::kFreesSeat, "AGREEMENT_MISSING"},
    {S::kConfirmed, Step::kFollow, P::kSystem, G::kRulesBroken, S::kCancelled, E::kFreesSeat, "NOT_ELIGIBLE_ANY_MORE"},
    {S::kConfirmed, Step::kFollow, P::kSystem, G::kSeatElsewhere, S::kCancelled, E::kFreesSeat, "OVERLAP_AFTER_MOVE"},
    {S::kConfirmed, Step::kFollow, P::kSystem, G::kConsentMissing, S::kPendingConsent, E::kNone, "CONSENT_NEEDED_AGAIN"},
    {S::kConfirmed, Step::kFollow, P::kSystem, G::kAlways, S::kConfirmed, E::kNone, "SESSION_MOVED"},
    {S::kConfirmed, Step::kAttended, P::kHost, G::kStarted, S::kCompleted, E::kFreesSeat, "ATTENDED"},
    {S::kConfirmed, Step::kAttended, P::kAgency, G::kStarted, S::kCompleted, E::kFreesSeat, "ATTENDED"},
    {S::kConfirmed, Step::kApplicantAbsent, P::kHost, G::kStarted, S::kNoShow, E::kFreesSeat, "APPLICANT_ABSENT"},
    {S::kConfirmed, Step::kApplicantAbsent, P::kAgency, G::kStarted, S::kNoShow, E::kFreesSeat, "APPLICANT_ABSENT"},
    {S::kConfirmed, Step::kHostAbsent, P::kApplicant, G::kStarted, S::kNoShow, E::kFreesSeat, "HOST_ABSENT"},
    {S::kConfirmed, Step::kHostAbsent, P::kAgency, G::kStarted, S::kNoShow, E::kFreesSeat, "HOST_ABSENT"},

    // What was said of the attendance, the agency may correct.
    {S::kCompleted, Step::kApplicantAbsent, P::kAgency, G::kAlways, S::kNoShow, E::kNone, "APPLICANT_ABSENT"},
    {S::kCompleted, Step::kHostAbsent, P::kAgency, G::kAlways, S::kNoShow, E::kNone, "HOST_ABSENT"},
    {S::kNoShow, Step::kAttended, P::kAgency, G::kAlways, S::kCompleted, E::kNone, "ATTENDED"},
};
// clang-format on

bool IsFor(const Transition& row, std::optional<BookingState> from, Step step, Party party) {
  return row.from == from && row.step == step && row.party == party;
}

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
    case Step::kBook:
      return "BOOK";
    case Step::kAccept:
      return "ACCEPT";
    case Step::kDecline:
      return "DECLINE";
    case Step::kConfirm:
      return "CONFIRM";
    case Step::kCancel:
      return "CANCEL";
    case Step::kAttended:
      return "ATTENDED";
    case Step::kApplicantAbsent:
      return "APPLICANT_ABSENT";
    case Step::kHostAbsent:
      return "HOST_ABSENT";
    case Step::kReview:
      return "REVIEW";
    case Step::kOffer:
      return "OFFER";
    case Step::kMove:
      return "MOVE";
    case Step::kFollow:
      return "FOLLOW";
  }
  return "";
}

absl::Span<const Guard> AllGuards() { return kGuards; }

absl::string_view GuardText(Guard guard) {
  switch (guard) {
    case Guard::kAlways:
      return "";
    case Guard::kBeforeStart:
      return "before the start";
    case Guard::kStarted:
      return "once started";
    case Guard::kNoSeat:
      return "every seat taken";
    case Guard::kConsentMissing:
      return "a guardian has yet to agree";
    case Guard::kConsentSettled:
      return "no guardian has to agree any more";
    case Guard::kConsentWithdrawn:
      return "consent taken back";
    case Guard::kByHand:
      return "the host answers by hand";
    case Guard::kTimedOut:
      return "time is over";
    case Guard::kSessionCancelled:
      return "session cancelled";
    case Guard::kOverlapConfirmed:
      return "confirmed elsewhere";
    case Guard::kAgreementMissing:
      return "no agreement at the start";
    case Guard::kErased:
      return "the applicant asked to be erased";
    case Guard::kRulesBroken:
      return "the law forbids the new time";
    case Guard::kSeatElsewhere:
      return "another seat at the new time";
  }
  return "";
}

bool Holds(Guard guard, const Facts& facts) {
  switch (guard) {
    case Guard::kAlways:
      return true;
    case Guard::kBeforeStart:
      return !facts.started;
    case Guard::kStarted:
      return facts.started;
    case Guard::kNoSeat:
      return !facts.started && !facts.seat_free;
    case Guard::kConsentMissing:
      return !facts.started && facts.consent_missing;
    case Guard::kConsentSettled:
      return !facts.started && !facts.consent_missing;
    case Guard::kConsentWithdrawn:
      return !facts.started && facts.consent_withdrawn;
    case Guard::kByHand:
      return !facts.started && facts.by_hand;
    case Guard::kTimedOut:
      return facts.timed_out;
    case Guard::kSessionCancelled:
      return facts.session_cancelled;
    case Guard::kOverlapConfirmed:
      return facts.overlap_confirmed;
    case Guard::kAgreementMissing:
      return facts.started && facts.agreement_missing;
    case Guard::kErased:
      return facts.erased;
    case Guard::kRulesBroken:
      return !facts.started && facts.rules_broken;
    case Guard::kSeatElsewhere:
      return facts.seat_elsewhere;
  }
  return false;
}

absl::Span<const Transition> AllTransitions() { return kTransitions; }

const Transition* FindTransition(std::optional<BookingState> from, Step step, Party party,
                                 const Facts& facts) {
  for (const Transition& row : kTransitions) {
    if (IsFor(row, from, step, party) && Holds(row.guard, facts)) return &row;
  }
  return nullptr;
}

std::optional<Guard> LastGuard(BookingState from, Step step, Party party) {
  std::optional<Guard> last;
  for (const Transition& row : kTransitions) {
    if (IsFor(row, from, step, party)) last = row.guard;
  }
  return last;
}

bool MayTake(Party party, Step step) {
  return std::any_of(std::begin(kTransitions), std::end(kTransitions),
                     [&](const Transition& row) { return row.party == party && row.step == step; });
}

std::string TransitionsPicture() {
  // Edges between the same two states share a line.
  std::vector<std::pair<std::string, std::vector<std::string>>> edges;
  for (const Transition& row : kTransitions) {
    if (row.why.empty()) continue;
    const std::string edge =
        absl::StrCat(row.from.has_value() ? BookingStateName(*row.from) : "[*]", " --> ",
                     BookingStateName(row.to));
    auto found = std::find_if(edges.begin(), edges.end(),
                              [&](const auto& known) { return known.first == edge; });
    if (found == edges.end()) found = edges.insert(edges.end(), {edge, {}});
    const std::string why(row.why);
    if (std::find(found->second.begin(), found->second.end(), why) == found->second.end()) {
      found->second.push_back(why);
    }
  }
  std::string picture = "stateDiagram-v2\n";
  for (const auto& [edge, whys] : edges) {
    absl::StrAppend(&picture, "  ", edge, ": ", absl::StrJoin(whys, ", "), "\n");
  }
  return picture;
}

}  // namespace dm::booking
