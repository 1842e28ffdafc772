#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Which messages follow from a step of a booking.
namespace dm::notification {

// What a message says. The names are stored, so they are never changed.
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
  kExpired,
};

// Every kind, in the order of the enumeration.
const std::vector<MessageKind>& AllMessageKinds();
// "REQUEST_RECEIVED".
absl::string_view MessageKindName(MessageKind kind);
std::optional<MessageKind> ParseMessageKind(absl::string_view name);

// Who took a step.
enum class Actor : uint8_t { kApplicant, kHost, kAgency, kSystem };

absl::string_view ActorName(Actor actor);
std::optional<Actor> ParseActor(absl::string_view name);

// A step of a booking, as the feed of booking tells it.
struct BookingStep {
  // UUID.
  std::string event_id;
  // "bookings/{booking}".
  std::string booking;
  std::string session;
  // "people/{subject}".
  std::string applicant;
  // "companies/{siret}" or "ambassadors/{ambassador}".
  std::string host;
  // As named in booking.v1.Booking.State; `from_state` is empty for a new booking.
  std::string from_state;
  std::string to_state;
  int64_t version = 1;
  Actor actor = Actor::kSystem;
  // When it was taken.
  absl::Time time;
  // End of the session.
  absl::Time end_time;
};

struct PlannedMessage {
  // A party.
  std::string recipient;
  MessageKind kind = MessageKind::kRequestReceived;

  friend bool operator==(const PlannedMessage&, const PlannedMessage&) = default;
};

// The messages that follow from a step. A host is told of what waits for an answer or was accepted,
// and never of what went before; states that need no message, and states that are not known, give
// none.
std::vector<PlannedMessage> MessagesFor(const BookingStep& step);

// A message about a session that ended so long ago helps nobody any more. Keeps a replay of the
// feeds from sending the mails of past years.
bool IsTooLate(absl::Time session_end, absl::Time now);
// What ended before this is too late.
absl::Time LatestTooLateEnd(absl::Time now);

// The id of the message that an event gives to a party: always the same one, a UUIDv8 made of a
// hash.
std::string MessageUuid(absl::string_view event_id, absl::string_view recipient, MessageKind kind);

}  // namespace dm::notification
