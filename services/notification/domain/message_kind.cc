#include "services/notification/domain/message_kind.h"

#include <array>
#include <cstddef>

namespace dm::notification {
namespace {

using K = MessageKind;

struct KindName {
  MessageKind kind;
  absl::string_view name;
};

constexpr std::array kKindNames = {
    KindName{K::kRequestReceived, "REQUEST_RECEIVED"},
    KindName{K::kNewRequest, "NEW_REQUEST"},
    KindName{K::kWaitlisted, "WAITLISTED"},
    KindName{K::kOffered, "OFFERED"},
    KindName{K::kConsentNeeded, "CONSENT_NEEDED"},
    KindName{K::kConfirmed, "CONFIRMED"},
    KindName{K::kDeclined, "DECLINED"},
    KindName{K::kRequestCancelled, "REQUEST_CANCELLED"},
    KindName{K::kConfirmedCancelled, "CONFIRMED_CANCELLED"},
    KindName{K::kExpired, "EXPIRED"},
    KindName{K::kRescheduled, "RESCHEDULED"},
    KindName{K::kSessionCancelled, "SESSION_CANCELLED"},
    KindName{K::kConsentWithdrawn, "CONSENT_WITHDRAWN"},
    KindName{K::kConsentRefused, "CONSENT_REFUSED"},
    KindName{K::kAgreementMissing, "AGREEMENT_MISSING"},
    KindName{K::kOverlapReleased, "OVERLAP_RELEASED"},
    KindName{K::kOfferExpired, "OFFER_EXPIRED"},
    KindName{K::kConsentExpired, "CONSENT_EXPIRED"},
    KindName{K::kHostSilent, "HOST_SILENT"},
    KindName{K::kWaitlistEnded, "WAITLIST_ENDED"},
    KindName{K::kNoShow, "NO_SHOW"},
    KindName{K::kHostAbsent, "HOST_ABSENT"},
    KindName{K::kCapacityReduced, "CAPACITY_REDUCED"},
    KindName{K::kSessionMoved, "SESSION_MOVED"},
    KindName{K::kConsentNeededAgain, "CONSENT_NEEDED_AGAIN"},
    KindName{K::kNotEligibleAnyMore, "NOT_ELIGIBLE_ANY_MORE"},
    KindName{K::kOverlapAfterMove, "OVERLAP_AFTER_MOVE"},
    KindName{K::kHostReminder, "HOST_REMINDER"},
    KindName{K::kHostLastReminder, "HOST_LAST_REMINDER"},
    KindName{K::kOfferReminder, "OFFER_REMINDER"},
    KindName{K::kStayTomorrow, "STAY_TOMORROW"},
    KindName{K::kGuardianConsent, "GUARDIAN_CONSENT"},
    KindName{K::kSignature, "SIGNATURE"},
    KindName{K::kSignatureCode, "SIGNATURE_CODE"},
    KindName{K::kOfferSubmitted, "OFFER_SUBMITTED"},
    KindName{K::kPartnerOffersSubmitted, "PARTNER_OFFERS_SUBMITTED"},
    KindName{K::kOfferReported, "OFFER_REPORTED"},
    KindName{K::kOfferApproved, "OFFER_APPROVED"},
    KindName{K::kOfferRejected, "OFFER_REJECTED"},
    KindName{K::kOfferSuspended, "OFFER_SUSPENDED"},
    KindName{K::kOfferResumed, "OFFER_RESUMED"},
    KindName{K::kCompanyBanned, "COMPANY_BANNED"},
    KindName{K::kWebhookDisabled, "WEBHOOK_DISABLED"},
};

constexpr std::array<absl::string_view, 4> kActorNames = {"APPLICANT", "HOST", "AGENCY", "SYSTEM"};

}  // namespace

const std::vector<MessageKind>& AllMessageKinds() {
  static const auto& kinds = *new std::vector<MessageKind>([] {
    std::vector<MessageKind> all;
    for (const KindName& row : kKindNames) all.push_back(row.kind);
    return all;
  }());
  return kinds;
}

absl::string_view MessageKindName(MessageKind kind) {
  for (const KindName& row : kKindNames) {
    if (row.kind == kind) return row.name;
  }
  return "";
}

std::optional<MessageKind> ParseMessageKind(absl::string_view name) {
  for (const KindName& row : kKindNames) {
    if (row.name == name) return row.kind;
  }
  return std::nullopt;
}

bool IsReminder(MessageKind kind) {
  switch (kind) {
    case K::kHostReminder:
    case K::kHostLastReminder:
    case K::kOfferReminder:
    case K::kStayTomorrow:
      return true;
    default:
      return false;
  }
}

bool TellsNewTime(MessageKind kind) {
  return kind == K::kSessionMoved || kind == K::kConsentNeededAgain;
}

SecretUse SecretUseOf(MessageKind kind) {
  switch (kind) {
    case K::kGuardianConsent:
    case K::kSignature:
      return SecretUse::kLink;
    case K::kSignatureCode:
      return SecretUse::kCode;
    default:
      return SecretUse::kNone;
  }
}

absl::string_view ActorName(Actor actor) { return kActorNames[static_cast<size_t>(actor)]; }

std::optional<Actor> ParseActor(absl::string_view name) {
  for (size_t i = 0; i < kActorNames.size(); ++i) {
    if (kActorNames[i] == name) return static_cast<Actor>(i);
  }
  return std::nullopt;
}

}  // namespace dm::notification
