#pragma once

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/time/clock.h"
#include "services/booking/domain/booking.h"
#include "services/booking/domain/command.h"
#include "services/booking/domain/terms.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace dm::booking {

// A command on its way through the ledger.
struct PendingCommand {
  Command command;
  // When its caller stops waiting: it is not begun after that.
  absl::Time deadline;
  std::string traceparent;
  // Whether the caller has gone meanwhile. May be null.
  std::function<bool()> cancelled;
  // Gets the answer's bytes, none for a review; called exactly once, on a lane's thread or, when
  // refused at once, on the caller's.
  absl::AnyInvocable<void(absl::StatusOr<std::string>) &&> done;
};

// Takes writes from many callers and commits them in groups: a lane gathers what has queued while
// its last commit was in flight, without a timer, and decides and commits it in one transaction.
// Commands about one session, of every kind, are in one lane, in the order of their arrival; a
// rescheduling counts to the session that it leads to. One command that the
// database refuses never fails its neighbours: the group is then taken apart. A group that changes
// nothing, such as requests for a session that is full, writes nothing. Thread-safe.
class Ledger {
 public:
  struct Options {
    int lanes = 2;
    // Commands that may wait in one lane; more are refused with RESOURCE_EXHAUSTED.
    size_t queue_capacity = 2048;
    // Commands of one transaction at most.
    size_t batch = 64;
  };

  // The bytes that callers get for a booking: a serialized message, kept for replays.
  using Serialize = std::function<std::string(const Booking&)>;
  // What the next batch is decided under. Called on a lane's thread; must not wait.
  using TermsSource = std::function<Terms()>;

  // `after_commit` runs after each commit that wrote events. Database and clock outlive this.
  Ledger(Options options, database::Database* database, const Clock* clock,
         const TermsSource& terms, const Serialize& serialize,
         const std::function<void()>& after_commit);
  // Answers what is queued, then stops.
  ~Ledger();

  void Submit(PendingCommand pending);

 private:
  class Lane;
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace dm::booking
