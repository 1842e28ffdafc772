#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/notification/domain/message_kind.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dm::notification {

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
  // Why, a fixed word: "HOST_DECLINED".
  std::string reason;
  int64_t version = 1;
  Actor actor = Actor::kSystem;
  // When it was taken.
  absl::Time time;
  // Start and end of the session.
  absl::Time start_time;
  absl::Time end_time;
  // When the state that it led to runs out by itself.
  std::optional<absl::Time> expire_time;
  // Names of sessions like the lost one, nearest first; empty when none is offered.
  std::vector<std::string> similar_sessions;
  // W3C trace context of the event.
  std::string traceparent = "";
};

// More seats of a session are held than its host has left.
struct Overbooking {
  // UUID.
  std::string event_id;
  std::string session;
  std::string host;
  // When it was told.
  absl::Time time;
  // The last who came: nobody lost a seat, but somebody may.
  struct LastIn {
    std::string booking;
    std::string applicant;
  };
  std::vector<LastIn> last_in;
  // W3C trace context of the event.
  std::string traceparent = "";
};

// A message to be sent, not before some time, nor once it is of no use.
struct PlannedMessage {
  // A party.
  std::string recipient;
  MessageKind kind = MessageKind::kRequestReceived;
  // At once when it lies in the past.
  absl::Time not_before = absl::InfinitePast();
  absl::Time useless_after = absl::InfiniteFuture();

  friend bool operator==(const PlannedMessage&, const PlannedMessage&) = default;
};

// A message about a session that ended so long ago helps nobody any more. Keeps a replay of the
// feeds from sending the mails of past years.
bool IsTooLate(absl::Time session_end, absl::Time now);
// What ended before this is too late.
absl::Time LatestTooLateEnd(absl::Time now);

// The id of the message that an event or a request gives to a recipient: always the same one, a
// UUIDv8 made of a hash.
std::string MessageUuid(absl::string_view event_id, absl::string_view recipient, MessageKind kind);

// Stands for the event's id where several events are told by one message: the same text gives the
// same UUIDv8.
std::string SharedCauseUuid(absl::string_view what);

}  // namespace dm::notification
