#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/notification/domain/webhook.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Webhooks, how far each has come, and what became of each attempt. What takes a transaction throws
// as Transaction::Exec does.
namespace dm::notification {

// Where a page begins: behind this row.
struct WebhookPosition {
  int64_t create_micros = 0;
  std::string id;
};

// Adds a webhook, unless its owner has as many as anybody may; whether it did.
bool AddWebhook(database::Transaction& transaction, const Webhook& webhook, int most);
// Locks it until the transaction ends.
std::optional<Webhook> LockWebhook(database::Transaction& transaction, const std::string& id);
// Stores what its owner may change of a locked one: terms, state, secrets, positions, failures;
// raises version and fence, so that who delivers to it reads it again.
void ChangeWebhook(database::Transaction& transaction, Webhook* webhook, absl::Time now);
void DeleteWebhook(database::Transaction& transaction, const std::string& id);

std::optional<Webhook> FindWebhook(database::Transaction& transaction, const std::string& id);
// Of one owner, or of all; oldest first.
std::vector<Webhook> ListWebhooks(database::Transaction& transaction,
                                  const std::optional<std::string>& owner,
                                  const std::optional<WebhookPosition>& after, int limit);

// One attempt.
struct WebhookAttempt {
  // UUIDv7: in the order of time.
  std::string id;
  std::string webhook;
  std::string event;
  std::string type;
  absl::Time at;
  int http_status = 0;
  std::string failure;
  absl::Duration took;
  std::vector<int64_t> positions;
};
// Before `before_id`, last first.
std::vector<WebhookAttempt> ListAttempts(database::Transaction& transaction,
                                         const std::string& webhook, const std::string& before_id,
                                         int limit);

// What a replica does with the webhooks that it delivers to. Thread-safe.
class WebhookLeases {
 public:
  // `holder` names this replica. `database` outlives this.
  WebhookLeases(database::Database* database, std::string holder)
      : database_(database), holder_(std::move(holder)) {}

  // Renews the leases that this replica has, takes those that nobody has, and returns the active
  // webhooks of both.
  absl::StatusOr<std::vector<Webhook>> Hold(absl::Time now, absl::Duration lease);
  // Lets others take them at once.
  absl::Status Release();

  // Each of these takes effect only where the webhook's fence is still the one that was read:
  // whether it did. They keep what became of the attempt where there was one.
  //
  // The event was taken, or there was none for it: it has come to `positions`.
  absl::StatusOr<bool> Advance(const Webhook& webhook, const std::vector<int64_t>& positions,
                               const std::optional<WebhookAttempt>& attempt, absl::Time now);
  // It was not taken: tried again at `next`, or, absent, disabled.
  absl::StatusOr<bool> Fail(const Webhook& webhook, const WebhookAttempt& attempt,
                            std::optional<absl::Time> next, absl::Time now);

  // Deletes attempts from before; how many.
  absl::StatusOr<int64_t> DropAttempts(absl::Time before);

 private:
  database::Database* const database_;
  const std::string holder_;
};

}  // namespace dm::notification
