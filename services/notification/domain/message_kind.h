#pragma once

#include "absl/strings/string_view.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace dm::notification {

// What a message says. The names are stored, so they are never changed. What each tells whom is in
// message_rules.cc and offer_message_rules.cc, its words are in templates/.
enum class MessageKind : uint8_t {
  kRequestReceived,
  kNewRequest,
  kWaitlisted,
  kOffered,
  kConsentNeeded,
  kConfirmed,
  kDeclined,
  // A request that the host had not accepted yet.
  kRequestCancelled,
  // A place that was confirmed: it leaves the calendars.
  kConfirmedCancelled,
  // Ran out, and nothing more is known.
  kExpired,

  // Why a booking ended.
  kRescheduled,
  kSessionCancelled,
  kConsentWithdrawn,
  kConsentRefused,
  kAgreementMissing,
  kOverlapReleased,
  kOfferExpired,
  kConsentExpired,
  kHostSilent,
  kWaitlistEnded,
  kNoShow,
  kHostAbsent,
  // More seats are held than the host has left.
  kCapacityReduced,
  // The session has another date or time, and the booking with it.
  kSessionMoved,
  // What the guardian agreed to is no more what will be.
  kConsentNeededAgain,
  // Why a booking could not follow its session.
  kNotEligibleAnyMore,
  kOverlapAfterMove,

  // Planned when a state is reached, sent unless the booking moves on before.
  kHostReminder,
  kHostLastReminder,
  kOfferReminder,
  kStayTomorrow,

  // Carry a secret.
  kGuardianConsent,
  kSignature,
  kSignatureCode,

  // Of the life of an offer: for the agency, then for the company.
  kOfferSubmitted,
  // One a day, however many a partner's system sent.
  kPartnerOffersSubmitted,
  kOfferReported,
  kOfferApproved,
  kOfferRejected,
  kOfferSuspended,
  kOfferResumed,
  // One, however many offers went out of sight.
  kCompanyBanned,

  // To whom it belongs: it failed for too long.
  kWebhookDisabled,
};

// Every kind, in the order of the enumeration.
const std::vector<MessageKind>& AllMessageKinds();
// "REQUEST_RECEIVED".
absl::string_view MessageKindName(MessageKind kind);
std::optional<MessageKind> ParseMessageKind(absl::string_view name);

// Whether it is dropped when its booking takes another step before it is sent.
bool IsReminder(MessageKind kind);

// Whether it tells of a booking whose time is another than before: it is of no use once that time
// has come, and says something false as long as the session's own feed has not told the new one.
bool TellsNewTime(MessageKind kind);

// What a message does with the secret that it carries.
enum class SecretUse : uint8_t {
  kNone,
  // The fragment of its link: it never reaches a server's log.
  kLink,
  // A code to be typed.
  kCode,
};
SecretUse SecretUseOf(MessageKind kind);

// Who took a step.
enum class Actor : uint8_t { kApplicant, kHost, kAgency, kSystem };

absl::string_view ActorName(Actor actor);
std::optional<Actor> ParseActor(absl::string_view name);

}  // namespace dm::notification
