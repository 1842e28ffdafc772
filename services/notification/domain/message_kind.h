#pragma once

#include "absl/strings/string_view.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace dm::notification {

// What a message says. The names are stored, so they are never changed. What each tells whom is in
// message_rules.cc, its words are in templates/.
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

  // Planned when a state is reached, sent unless the booking moves on before.
  kHostReminder,
  kHostLastReminder,
  kOfferReminder,
  kStayTomorrow,

  // Carry a secret.
  kGuardianConsent,
  kSignature,
  kSignatureCode,
};

// Every kind, in the order of the enumeration.
const std::vector<MessageKind>& AllMessageKinds();
// "REQUEST_RECEIVED".
absl::string_view MessageKindName(MessageKind kind);
std::optional<MessageKind> ParseMessageKind(absl::string_view name);

// Whether it is dropped when its booking takes another step before it is sent.
bool IsReminder(MessageKind kind);

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
