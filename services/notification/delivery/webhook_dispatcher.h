#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/random/random.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/execution/executor.h"
#include "common/partner_feed/merged_feed.h"
#include "common/time/clock.h"
#include "services/notification/delivery/webhook_transport.h"
#include "services/notification/store/webhook_store.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace dm::notification {

// One signed event, as it is posted to a webhook at `now`.
WebhookPost PostOf(const Webhook& webhook,
                   const destinationmetier::gateway::v1::PartnerEvent& event, absl::Time now);
// What a webhook's owner wants to be sent.
partner_feed::EventFilter FilterOf(const WebhookTerms& terms);

// Sends each webhook of this replica what follows its position, one event after the other, several
// webhooks at a time. The position moves when an event was taken, before the next is sent: what was
// on its way when a process ended comes again under the same id. Thread-safe.
class WebhookDispatcher {
 public:
  struct Options {
    // Webhooks that are delivered to at once.
    int threads = 4;
    absl::Duration lease = absl::Seconds(10);
    // How often the webhooks are read anew.
    absl::Duration refresh = absl::Seconds(1);
    // How long a webhook may fail before it is disabled.
    absl::Duration give_up = absl::Hours(5 * 24);
    absl::Duration keep_attempts = absl::Hours(7 * 24);
    std::function<std::unique_ptr<WebhookTransport>()> new_transport;
  };

  // All outlive this.
  WebhookDispatcher(Options options, partner_feed::MergedFeed* feed, WebhookLeases* leases,
                    const Clock* clock);
  // Ends with the posts that are on their way.
  ~WebhookDispatcher();

  // Says that a webhook was changed. Cheap.
  void Wake();

 private:
  // A webhook that this replica delivers to.
  struct Held {
    Webhook webhook;
    bool running = false;
    // Everything was sent when the feed had this version; absent when there may be more.
    std::optional<int64_t> done;
    // But for what a source had that could not be reached.
    bool incomplete = false;
    // When its position was written last.
    absl::Time stored;
  };

  void Run();
  void Refresh();
  void StartTurns();
  void Turn(const std::string& id);
  // Sends what follows, for some seconds. False when the webhook is another by now.
  bool Deliver(Held* held, WebhookTransport* transport);
  bool Post(Held* held, const destinationmetier::gateway::v1::PartnerEvent& event,
            const partner_feed::Positions& behind, WebhookTransport* transport);
  bool NoteFailure(Held* held, const WebhookAttempt& attempt, const WebhookAnswer& answer);
  // Its position cannot be gone on from.
  void StartAnew(Webhook* webhook, const absl::Status& why);
  void CleanUp();
  bool Stopping() const;

  const Options options_;
  partner_feed::MergedFeed* const feed_;
  WebhookLeases* const leases_;
  const Clock* const clock_;
  mutable absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool woken_ ABSL_GUARDED_BY(mutex_) = true;
  std::map<std::string, Held> held_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<WebhookTransport>> transports_ ABSL_GUARDED_BY(mutex_);
  absl::BitGen lots_ ABSL_GUARDED_BY(mutex_);
  // Touched by the thread alone.
  absl::Time next_refresh_ = absl::InfinitePast();
  absl::Time next_cleaning_ = absl::InfinitePast();
  Executor turns_;
  // Last, so that it starts when all else is there.
  std::thread thread_;
};

}  // namespace dm::notification
