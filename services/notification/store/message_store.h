#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/notification/domain/composition.h"
#include "services/notification/domain/message.h"

#include <cstdint>
#include <string>
#include <vector>

namespace dm::notification {

// A message that this process alone may send until the lease ends.
struct LeasedMessage {
  // UUID.
  std::string id;
  MessageFacts facts;
  std::string email;
  // Attempts begun, this one included.
  int attempts = 1;
  // Proves the lease.
  int64_t fence = 0;
  absl::Time lease_end;
  // End of the session as it is now known; the infinite future for a message that is about none.
  absl::Time session_end = absl::InfiniteFuture();
  // It is not sent any more from then on.
  absl::Time useless_after = absl::InfiniteFuture();
  // W3C trace context of what it follows from; may be empty.
  std::string traceparent = "";
};

// Why a message will never be sent. The names are stored.
enum class FailureCause : uint8_t {
  // The receiving server said no for good.
  kRefused,
  // Too many attempts.
  kGaveUp,
  // The session is long over, or the time has passed in which it was of use.
  kTooLate,
  // It cannot be put into a mail.
  kInvalid,
};

absl::string_view FailureCauseName(FailureCause cause);

// How many messages are where.
struct MessageCounts {
  int64_t waiting = 0;
  int64_t ready = 0;
  // Since when the oldest message that may be sent has been due; in the future when none is: what
  // is planned for later is ready too.
  absl::Time oldest_due = absl::InfiniteFuture();
};

// The queue of messages, shared by all replicas. Thread-safe. Each method that takes a
// leased message tells whether the lease was still held: when not, nothing was changed.
class MessageStore {
 public:
  // `database` outlives this.
  explicit MessageStore(database::Database* database) : database_(database) {}

  // Takes at most `limit` messages that are due, those due longest first, until `now + lease`. A
  // message whose lease has run out is due again. Messages of one booking to one party go in the
  // order of its steps: the later one is not due before the earlier one is done with. What its
  // recipient has stopped is dropped instead; what they could stop gets a link for that.
  absl::StatusOr<std::vector<LeasedMessage>> Lease(absl::Time deadline, absl::Time now,
                                                   absl::Duration lease, int limit);

  absl::StatusOr<bool> MarkSent(absl::Time deadline, const LeasedMessage& message, absl::Time now);
  absl::StatusOr<bool> MarkFailed(absl::Time deadline, const LeasedMessage& message,
                                  FailureCause cause);
  absl::StatusOr<bool> RetryAt(absl::Time deadline, const LeasedMessage& message, absl::Time time);
  // Gives it back as if it had not been taken.
  absl::StatusOr<bool> GiveBack(absl::Time deadline, const LeasedMessage& message, absl::Time now);

  // Marks messages as failed that still wait although they are of no use any more.
  absl::StatusOr<int64_t> ExpireWaiting(absl::Time deadline, absl::Time now);

  absl::StatusOr<MessageCounts> Count(absl::Time deadline);

 private:
  database::Database* const database_;
};

}  // namespace dm::notification
