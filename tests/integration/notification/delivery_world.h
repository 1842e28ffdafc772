#pragma once

#include "services/notification/delivery/delivery_loop.h"
#include "services/notification/delivery/smtp_transport.h"
#include "tests/integration/notification/notification_world.h"
#include "tests/integration/notification/smtp_sink.h"

#include <string>
#include <vector>

namespace dm::notification {

// A mail server, and a loop that sends to it.
class DeliveryTest : public NotificationTest {
 protected:
  DeliveryLoop::Options LoopOptions() const {
    return {.from = {"Destination Métier", "ne-pas-repondre@destinationmetier.example"},
            .public_url = "http://127.0.0.1:8080",
            .poll = absl::Milliseconds(20)};
  }

  // Looks at the queue until nothing is due.
  void DeliverAll() {
    while (loop_.DeliverBatch().leased > 0) {
    }
  }

  std::vector<std::string> Recipients() const {
    std::vector<std::string> recipients;
    for (const ReceivedMail& mail : sink_.mails()) recipients.push_back(mail.recipient);
    return recipients;
  }

  SmtpSink sink_;
  SmtpTransport transport_{{.url = sink_.url(), .plain_allowed = true}};
  DeliveryLoop loop_{LoopOptions(), &messages_, &transport_, &clock_};
};

}  // namespace dm::notification
