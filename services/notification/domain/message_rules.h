#pragma once

#include "services/notification/domain/message.h"

#include <vector>

// Which messages follow from what happens to a booking.
namespace dm::notification {

// The messages that follow from a step at once, and the reminders that are planned with it. A host
// is told of what waits for an answer or was accepted, and never of what went before; a state that
// stays is told where the session has moved; states that need no message, and states that are not
// known, give none. A reason that is not known is told as none. Who was erased meanwhile is told
// nothing.
std::vector<PlannedMessage> MessagesFor(const BookingStep& step);

// When both parties of a confirmed place are reminded of it: the morning of the day before, in
// Paris.
absl::Time StayReminderTime(absl::Time session_start);

}  // namespace dm::notification
