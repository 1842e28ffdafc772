#pragma once

#include "absl/time/time.h"
#include "services/notification/domain/mail.h"
#include "services/notification/domain/message.h"
#include "services/notification/domain/session.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dm::notification {

// What a mail is composed from. Nobody but the recipient is named in it: a host learns on the
// platform who asks, not from a mailbox.
struct MessageFacts {
  MessageKind kind = MessageKind::kRequestReceived;
  // A party, or somebody who is none. Who is a company or an ambassador is addressed as a host,
  // who stands for an agency as that.
  std::string recipient;
  // What to call the recipient.
  std::string display_name;
  // What it is about, "bookings/{booking}", "agreements/{agreement}", "offers/{offer}" or
  // "offerReports/{report}"; empty for a whole session or for many offers.
  std::string resource;
  int64_t booking_version = 1;
  // The state that the booking came from, as named in booking.v1.Booking.State; may be empty.
  std::string from_state;
  Actor actor = Actor::kSystem;
  // When the step was taken.
  absl::Time time;
  // The last moment to act.
  std::optional<absl::Time> deadline;
  // The token or the code of a message that carries one.
  std::string secret;
  // Of the link by which its reader stops such mails; empty when nobody can.
  std::string choice_token;
  // Of the offer that it is about.
  std::string offer_title;
  // Without a name when it is about none.
  Session session;
  // Sessions like it that can still be booked, nearest first.
  std::vector<Session> similar;
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
