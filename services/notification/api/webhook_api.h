#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "common/database/database.h"
#include "common/errors/error.h"
#include "common/partner_feed/merged_feed.h"
#include "common/requests/answered_requests.h"
#include "common/rpc/call.h"
#include "common/rpc/page_token.h"
#include "common/rpc/service_binding.h"
#include "common/time/clock.h"
#include "destinationmetier/notification/v1/webhook_service.pb.h"
#include "google/protobuf/empty.pb.h"
#include "services/notification/delivery/webhook_transport.h"
#include "services/notification/store/webhook_store.h"

#include <functional>
#include <memory>
#include <string>

namespace dm::notification {

// WebhookService. Thread-safe.
class WebhookApi {
 public:
  struct Options {
    // Plain http and any address: for tests and trials on one machine.
    bool private_allowed = false;
    int most_of_one_owner = 20;
    // How long the secret before is good after a new one was made.
    absl::Duration overlap = absl::Hours(24);
    // Sends tests.
    std::shared_ptr<WebhookTransport> transport;
    // Runs after a write.
    std::function<void()> on_change;
  };

  // All outlive this.
  WebhookApi(Options options, database::Database* database, partner_feed::MergedFeed* feed,
             const rpc::PageTokens* tokens, const Clock* clock);

  // The service bound to its methods; this outlives it.
  std::unique_ptr<rpc::ServiceBinding> Bind(rpc::Pipeline* pipeline);

 private:
  using Proto = destinationmetier::notification::v1::Webhook;
  // Changes a locked webhook in a transaction at `now`.
  using Change = std::function<absl::Status(Webhook*, absl::Time now)>;

  absl::StatusOr<Proto> Create(
      const rpc::Call& call,
      const destinationmetier::notification::v1::CreateWebhookRequest& request);
  absl::StatusOr<Proto> Update(
      const rpc::Call& call,
      const destinationmetier::notification::v1::UpdateWebhookRequest& request);
  absl::StatusOr<google::protobuf::Empty> Delete(
      const rpc::Call& call,
      const destinationmetier::notification::v1::DeleteWebhookRequest& request);
  absl::StatusOr<Proto> Replay(
      const rpc::Call& call,
      const destinationmetier::notification::v1::ReplayWebhookRequest& request);
  absl::StatusOr<destinationmetier::notification::v1::WebhookDelivery> Test(
      const rpc::Call& call,
      const destinationmetier::notification::v1::TestWebhookRequest& request);
  absl::StatusOr<Proto> Get(const rpc::Call& call,
                            const destinationmetier::notification::v1::GetWebhookRequest& request);
  absl::StatusOr<destinationmetier::notification::v1::ListWebhooksResponse> List(
      const rpc::Call& call,
      const destinationmetier::notification::v1::ListWebhooksRequest& request);
  absl::StatusOr<destinationmetier::notification::v1::ListWebhookDeliveriesResponse> ListDeliveries(
      const rpc::Call& call,
      const destinationmetier::notification::v1::ListWebhookDeliveriesRequest& request);

  // Pause, resume and the new secret, which differ in what they do to the webhook.
  template <typename Request>
  absl::StatusOr<Proto> Step(const rpc::Call& call, const Request& request, Change change);
  // Runs `change` on the caller's webhook, once for a request_id.
  absl::StatusOr<Proto> Write(const rpc::Call& call, const requests::WriteRequest& write,
                              const std::string& name, const std::string& etag,
                              const Change& change);
  Proto ToMessage(const Webhook& webhook) const;

  const Options options_;
  database::Database* const database_;
  partner_feed::MergedFeed* const feed_;
  const rpc::PageTokens* const tokens_;
  const Clock* const clock_;
  absl::Mutex transport_mutex_;
};

}  // namespace dm::notification
