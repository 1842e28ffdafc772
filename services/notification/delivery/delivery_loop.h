#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/time/clock.h"
#include "services/notification/delivery/delivery_metrics.h"
#include "services/notification/delivery/mail_transport.h"
#include "services/notification/store/message_store.h"

#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace dm::notification {

// Sends what is due, one mail after the other, on a thread of its own. Any number of loops, in this
// process and in others, share the queue: a message is leased to one of them at a time, and a lease
// is given up in good time before it ends. A loop that dies between the server's OK and the mark
// leaves the message to another, which sends it again under the same Message-ID.
class DeliveryLoop {
 public:
  struct Options {
    MailAddress from;
    // As in MailSettings.
    std::string public_url;
    // Messages leased together.
    int batch = 8;
    // Long enough for a batch: what it does not cover is given back.
    absl::Duration lease = absl::Minutes(2);
    // How often to look for what another process has made due.
    absl::Duration poll = absl::Seconds(1);
  };

  // What one look at the queue came to.
  struct Round {
    // Messages taken.
    int leased = 0;
    // The mail server could not be used.
    bool unreachable = false;
    absl::Status status;
  };

  // All outlive this.
  DeliveryLoop(Options options, MessageStore* store, MailTransport* transport, const Clock* clock);
  // Ends with the mail that is on its way.
  ~DeliveryLoop();
  DeliveryLoop(const DeliveryLoop&) = delete;
  DeliveryLoop& operator=(const DeliveryLoop&) = delete;

  void Start();

  // Says that messages may have become due. Cheap; thread-safe.
  void Wake();

  // Leases a batch and sends it, on the caller's thread. For the loop and for tests.
  Round DeliverBatch();

 private:
  enum class Next { kContinue, kGiveBack };

  void Work();
  // Sends one leased message and settles it.
  Next Deliver(const LeasedMessage& message);
  Next SettleUnsent(const LeasedMessage& message, SendResult result);
  // Runs `mark` until it succeeds, while the lease lasts: an unmarked message is sent again.
  void Settle(const LeasedMessage& message, const std::function<absl::StatusOr<bool>()>& mark);
  void LookAfterQueue();
  bool Stopping();
  // Sleeps until the time is over, the loop is stopped or, if `wakes`, something became due.
  void Sleep(absl::Duration time, bool wakes);
  absl::Time Deadline() const;

  const Options options_;
  MessageStore* const store_;
  MailTransport* const transport_;
  const Clock* const clock_;
  DeliveryMetrics metrics_;
  // Touched by the loop's thread alone.
  absl::Time next_look_after_ = absl::InfinitePast();

  absl::Mutex mutex_;
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace dm::notification
