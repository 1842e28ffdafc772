#pragma once

#include "absl/time/time.h"
#include "services/notification/delivery/mail_transport.h"
#include "services/notification/store/message_store.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>

namespace dm::notification {

// What operators see of the delivery. All instances in a process show the same series. Thread-safe.
class DeliveryMetrics {
 public:
  DeliveryMetrics();

  void CountSend(SendResult result);
  void CountFailure(FailureCause cause, int64_t messages = 1);
  void ShowQueue(const MessageCounts& counts, absl::Time now);

 private:
  prometheus::Counter& sent_;
  prometheus::Gauge& waiting_;
  prometheus::Gauge& ready_;
  prometheus::Gauge& oldest_ready_;
};

}  // namespace dm::notification
