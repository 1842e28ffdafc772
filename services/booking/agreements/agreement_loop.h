#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/execution/recurring_task.h"
#include "common/time/clock.h"
#include "services/booking/agreements/agreement_desk.h"
#include "services/booking/links/link_sender.h"
#include "services/booking/store/agreement_lists.h"
#include "services/booking/store/signature_store.h"

namespace dm::booking {

// Does by itself what agreements need, on a thread of its own: looks at those that time or their
// booking has changed, and tells parties that their signature is asked for. What is due stands in
// the database: it survives a stop and is done once, however many replicas look. Who is told is
// told at least once: a party that was told twice has a link in each message, and the last one
// works.
class AgreementLoop {
 public:
  struct Options {
    // How often to look for what another process, or time, has made due.
    absl::Duration poll = absl::Seconds(1);
    // Agreements looked at together, and parties told together.
    int batch = 50;
    // After how long another attempt is made to tell a party.
    absl::Duration retry = absl::Minutes(1);
  };

  // What one round came to.
  struct Round {
    int reviewed = 0;
    int told = 0;
    // The first failure; OK when there was none.
    absl::Status status;
  };

  // All outlive this. Nothing runs before Start.
  AgreementLoop(Options options, AgreementDesk* desk, const AgreementLists* store,
                const PartyQueue* parties, LinkSender* sender, const Clock* clock);

  void Start() { task_.Start(); }
  // Says that something may have become due. Cheap; thread-safe.
  void Wake() { task_.Wake(); }

  // Does what is due, on the caller's thread. For the loop and for tests.
  Round RunOnce();

 private:
  // How long to rest after it.
  absl::Duration Work();
  void ReviewDue(Round* round);
  void TellParties(Round* round);
  // Whether there may be another one to tell now.
  bool TellNext(Round* round);

  const Options options_;
  AgreementDesk* const desk_;
  const AgreementLists* const store_;
  const PartyQueue* const parties_;
  LinkSender* const sender_;
  const Clock* const clock_;
  RecurringTask task_;
};

}  // namespace dm::booking
