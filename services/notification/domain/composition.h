#pragma once

#include "absl/time/time.h"
#include "services/notification/domain/mail.h"
#include "services/notification/domain/message.h"
#include "services/notification/domain/session.h"

#include <cstdint>
#include <string>

namespace dm::notification {

// What a mail is composed from. Nobody but the recipient is named in it: a host learns on the
// platform who asks, not from a mailbox.
struct MessageFacts {
  MessageKind kind = MessageKind::kRequestReceived;
  // A party. Who is not a person is addressed as a host.
  std::string recipient;
  // What to call the recipient.
  std::string display_name;
  // "bookings/{booking}".
  std::string booking;
  int64_t booking_version = 1;
  Actor actor = Actor::kSystem;
  // When the step was taken.
  absl::Time time;
  Session session;
};

struct MailSettings {
  // Start of the links, without a slash at its end.
  std::string public_url;
  // Mail address that calendar entries name as the organizer.
  std::string organizer;
};

// The mail for a message. The same facts give the same mail.
Mail Compose(const MessageFacts& facts, const MailSettings& settings);

}  // namespace dm::notification
