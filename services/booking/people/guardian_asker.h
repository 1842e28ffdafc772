#pragma once

#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/execution/recurring_task.h"
#include "common/time/clock.h"
#include "services/booking/links/link_sender.h"

#include <atomic>
#include <string>
#include <vector>

namespace dm::booking {

// Asks the guardians of bookings in PENDING_CONSENT, by a link each, on a thread of its own. What
// is to be asked stands in PostgreSQL: any number of replicas ask once, and one that was stopped
// catches up. A booking whose applicant has named no guardian waits until there is one.
//
// The token of a link is known to this process alone, and only until notification has taken the
// mail over; what is stored is its hash. Should the process die in between, the question is given
// up after a while, and a new one takes its place: the old link is then dead, and notification
// drops its mail if that is still to be sent.
class GuardianAsker {
 public:
  struct Options {
    // How long a guardian can answer; never after the session's start.
    absl::Duration validity = absl::Hours(7 * 24);
    // As in Consents::Options.
    int most_questions_a_day = 10;
    // Until another replica gives up what this one is sending.
    absl::Duration settle = absl::Minutes(2);
    // How long notification may take to answer.
    absl::Duration patience = absl::Seconds(5);
    // How often to look for what another process has made necessary.
    absl::Duration poll = absl::Seconds(1);
    // Questions put together.
    int batch = 20;
  };

  // What one look came to.
  struct Round {
    // Questions that were put.
    int put = 0;
    // Questions that notification has not taken yet.
    int unsettled = 0;
  };

  // All outlive this.
  GuardianAsker(Options options, database::Database* database, LinkSender* sender,
                const Clock* clock);
  // Ends with the mail that is being handed over.
  ~GuardianAsker() { stopping_ = true; }
  GuardianAsker(const GuardianAsker&) = delete;
  GuardianAsker& operator=(const GuardianAsker&) = delete;

  void Start() { task_.Start(); }
  // Says that somebody may have to be asked. Cheap; thread-safe.
  void Wake() { task_.Wake(); }

  // Closes what came to nothing, puts new questions, and hands over what has to be, on the caller's
  // thread. For the loop and for tests.
  Round AskNow();

 private:
  // A mail on its way, with its secret.
  struct Unsettled {
    OutgoingLink link;
    absl::Time next_attempt;
    int attempts = 0;
  };

  // Keeps everybody from giving up what is on its way here, and forgets what somebody has: its link
  // is dead. False when that is not known.
  bool KeepUnsettled();
  void CloseStale();
  std::vector<Unsettled> PutNew();
  void HandOverDue();
  // Whether it is settled, one way or the other.
  bool HandOver(Unsettled& unsettled);
  absl::Time Deadline() const;

  const Options options_;
  database::Database* const database_;
  LinkSender* const sender_;
  const Clock* const clock_;
  // Touched by the asking thread alone.
  std::vector<Unsettled> unsettled_;
  std::atomic<bool> stopping_ = false;
  // Last, so that it ends first.
  RecurringTask task_;
};

}  // namespace dm::booking
