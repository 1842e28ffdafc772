#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "services/notification/delivery/mail_transport.h"

#include <functional>
#include <memory>
#include <string>

namespace dm::notification {

// One connection to an SMTP server, opened when needed and kept for the next mail. Mails that are
// sent at once wait for each other.
class SmtpTransport final : public MailTransport {
 public:
  struct Options {
    // "smtp://host:port" or "smtps://host:port".
    std::string url;
    // Whether mails may go in plain text, for a server on this machine. To all others the
    // connection is encrypted or not used.
    bool plain_allowed = false;
    // Empty for a server that wants no login. Nobody logs in over plain text, wherever.
    std::string user;
    // Asked at each mail, so that a rotated password needs no restart. Unused without a user.
    std::function<absl::StatusOr<std::string>()> password;
    absl::Duration timeout = absl::Seconds(20);
  };

  explicit SmtpTransport(Options options);
  ~SmtpTransport() override;

  SendOutcome Send(const OutgoingMail& mail) override;
  absl::Duration longest_send() const override { return options_.timeout; }

 private:
  struct Handle;

  const Options options_;
  absl::Mutex mutex_;
  const std::unique_ptr<Handle> handle_ ABSL_PT_GUARDED_BY(mutex_);
};

}  // namespace dm::notification
