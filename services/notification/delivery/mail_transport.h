#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/notification/delivery/mail_address.h"
#include "services/notification/domain/mail.h"

#include <cstdint>
#include <string>

namespace dm::notification {

struct OutgoingMail {
  MailAddress from;
  MailAddress to;
  // Without the angle brackets. Receivers show mails with one id once.
  std::string message_id;
  absl::Time date;
  Mail content;
};

enum class SendResult : uint8_t {
  // The server has taken it over.
  kSent,
  // The server will never take this mail to this recipient.
  kRefused,
  // The server may take it later.
  kDeferred,
  // The server could not be reached, or serves us nothing: that is not about this mail.
  kUnreachable,
  // Sender, recipient, id or link cannot stand in a header. Nothing was sent.
  kInvalid,
};

// "sent", "refused" and so on, for logs and metrics.
absl::string_view SendResultName(SendResult result);

struct SendOutcome {
  SendResult result = SendResult::kUnreachable;
  // The server's last answer, 0 for none.
  int smtp_code = 0;
};

// Takes a mail to where it is relayed from. Thread-safe.
class MailTransport {
 public:
  virtual ~MailTransport() = default;

  // Waits for the outcome, at most `longest_send()`.
  virtual SendOutcome Send(const OutgoingMail& mail) = 0;
  virtual absl::Duration longest_send() const = 0;
};

}  // namespace dm::notification
