#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/notification/domain/message_kind.h"

// Which mails one can do without.
namespace dm::notification {

// How long the link of a mail is good for.
inline constexpr absl::Duration kMailChoiceLives = absl::Hours(24 * 60);

// What people call such mails, for the middle of a sentence. Empty for a kind that nobody can stop:
// whoever missed it would miss a place, an answer or a decision.
absl::string_view OptionalMailName(MessageKind kind);
inline bool IsOptional(MessageKind kind) { return !OptionalMailName(kind).empty(); }

// What a link decides.
struct MailChoice {
  MessageKind kind = MessageKind::kStayTomorrow;
  bool stopped = false;
  // Of the link.
  absl::Time expire_time;
};

}  // namespace dm::notification
