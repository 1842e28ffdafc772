#include "services/notification/delivery/delivery_metrics.h"

#include "common/telemetry/metrics.h"

#include <algorithm>

namespace dm::notification {

DeliveryMetrics::DeliveryMetrics()
    : sent_(telemetry::CounterOf("dm_notification_messages_sent_total",
                                 "Messages that a mail server took over")),
      waiting_(telemetry::GaugeOf("dm_notification_messages_waiting",
                                  "Messages that wait for a contact or a session")),
      ready_(telemetry::GaugeOf("dm_notification_messages_ready",
                                "Messages that are to be sent or being sent")),
      oldest_ready_(telemetry::GaugeOf("dm_notification_oldest_ready_seconds",
                                       "For how long the oldest message has been due")) {}

void DeliveryMetrics::CountSend(SendResult result) {
  if (result == SendResult::kSent) {
    sent_.Increment();
    return;
  }
  telemetry::CounterOf("dm_notification_attempts_failed_total",
                       "Attempts to send that came to nothing",
                       {{"result", std::string(SendResultName(result))}})
      .Increment();
}

void DeliveryMetrics::CountFailure(FailureCause cause, int64_t messages) {
  telemetry::CounterOf("dm_notification_messages_failed_total", "Messages that will never be sent",
                       {{"cause", std::string(FailureCauseName(cause))}})
      .Increment(static_cast<double>(messages));
}

void DeliveryMetrics::ShowQueue(const MessageCounts& counts, absl::Time now) {
  waiting_.Set(static_cast<double>(counts.waiting));
  ready_.Set(static_cast<double>(counts.ready));
  const absl::Duration due_for = now - std::min(counts.oldest_due, now);
  oldest_ready_.Set(absl::ToDoubleSeconds(due_for));
}

}  // namespace dm::notification
