#pragma once

#include "absl/status/statusor.h"
#include "common/auth/caller.h"
#include "common/errors/error.h"
#include "destinationmetier/notification/v1/webhook_service.pb.h"
#include "services/notification/domain/webhook.h"
#include "services/notification/store/webhook_store.h"

#include <optional>
#include <string>
#include <vector>

// Webhooks between messages and rows.
namespace dm::notification {

// The UUID of "webhooks/{webhook}" in lower case; absent for what is no such name.
std::optional<std::string> WebhookIdFrom(absl::string_view name);

// The fields that their owner writes.
const std::vector<std::string>& WrittenWebhookFields();

// Names what is wrong with them, the URL apart, under "webhook.".
void CheckTerms(const destinationmetier::notification::v1::Webhook& webhook,
                Violations& violations);

// Takes one written field over. NOT_FOUND for a département outside the caller's territory.
absl::Status TakeField(const std::string& field, const auth::Caller& caller,
                       const destinationmetier::notification::v1::Webhook& from,
                       WebhookTerms* terms);

// Without secrets.
destinationmetier::notification::v1::Webhook ToProto(const Webhook& webhook, absl::Time now);
destinationmetier::notification::v1::WebhookDelivery ToProto(const WebhookAttempt& attempt);

}  // namespace dm::notification
