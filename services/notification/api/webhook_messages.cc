#include "services/notification/api/webhook_messages.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "common/codes/official_codes.h"
#include "common/partner_feed/shown_event.h"
#include "common/text/free_text.h"
#include "common/text/uuid.h"

#include <algorithm>
#include <set>

namespace dm::notification {
namespace {

namespace pb = destinationmetier::notification::v1;

constexpr int kLongestName = 100;
constexpr int kMostDepartments = 20;

void SetTime(absl::Time time, google::protobuf::Timestamp* out) {
  const int64_t micros = absl::ToUnixMicros(time);
  out->set_seconds(micros / 1'000'000);
  out->set_nanos(static_cast<int32_t>(micros % 1'000'000) * 1000);
}

absl::Status TakeDepartments(const auth::Caller& caller, const pb::Webhook& from,
                             WebhookTerms* terms) {
  const std::set<std::string> territory(caller.territory.begin(), caller.territory.end());
  const bool everywhere = caller.Is(auth::Role::kOperator);
  std::set<std::string> chosen(from.departments().begin(), from.departments().end());
  for (const std::string& department : chosen) {
    if (!everywhere && !territory.contains(department)) {
      return NotFoundError(absl::StrCat("departments/", department));
    }
  }
  terms->everywhere = chosen.empty() && everywhere;
  if (chosen.empty() && !everywhere) chosen = territory;
  terms->departments = {chosen.begin(), chosen.end()};
  return absl::OkStatus();
}

void TakeTypes(const pb::Webhook& from, WebhookTerms* terms) {
  std::set<std::string> types;
  for (const std::string& type : from.types()) types.insert(*partner_feed::SharedTypeOf(type));
  if (types.empty()) {
    types = {partner_feed::SharedTypes().begin(), partner_feed::SharedTypes().end()};
  }
  terms->types = {types.begin(), types.end()};
}

}  // namespace

std::optional<std::string> WebhookIdFrom(absl::string_view name) {
  if (!absl::ConsumePrefix(&name, "webhooks/") || !IsUuid(name)) return std::nullopt;
  return absl::AsciiStrToLower(name);
}

const std::vector<std::string>& WrittenWebhookFields() {
  static const auto* const kFields =
      new std::vector<std::string>{"display_name", "url", "types", "departments"};
  return *kFields;
}

void CheckTerms(const pb::Webhook& webhook, Violations& violations) {
  const std::string fault = FreeTextFault(webhook.display_name(), kLongestName);
  if (!fault.empty()) violations.Add("webhook.display_name", fault);
  for (int i = 0; i < webhook.types_size(); ++i) {
    if (partner_feed::SharedTypeOf(webhook.types(i)).has_value()) continue;
    violations.Add(
        absl::StrCat("webhook.types[", i, "]"),
        absl::StrCat("must be one of ", absl::StrJoin(partner_feed::SharedTypes(), ", ")));
  }
  for (int i = 0; i < webhook.departments_size(); ++i) {
    if (IsDepartment(webhook.departments(i))) continue;
    violations.Add(absl::StrCat("webhook.departments[", i, "]"), "must be a code like 61");
  }
  if (webhook.departments_size() > kMostDepartments) {
    violations.Add("webhook.departments", absl::StrCat("must be at most ", kMostDepartments));
  }
}

absl::Status TakeField(const std::string& field, const auth::Caller& caller,
                       const pb::Webhook& from, WebhookTerms* terms) {
  if (field == "display_name") terms->display_name = from.display_name();
  if (field == "url") terms->url = from.url();
  if (field == "types") TakeTypes(from, terms);
  if (field == "departments") return TakeDepartments(caller, from, terms);
  return absl::OkStatus();
}

pb::Webhook ToProto(const Webhook& webhook, absl::Time now) {
  pb::Webhook message;
  message.set_name(webhook.Name());
  message.set_display_name(webhook.terms.display_name);
  message.set_url(webhook.terms.url);
  message.mutable_types()->Assign(webhook.terms.types.begin(), webhook.terms.types.end());
  message.mutable_departments()->Assign(webhook.terms.departments.begin(),
                                        webhook.terms.departments.end());
  // The enum counts them from 1, and nothing is the first.
  message.set_state(static_cast<pb::Webhook::State>(static_cast<int>(webhook.state) + 1));
  if (webhook.previous_secret_until.has_value() && now < *webhook.previous_secret_until) {
    SetTime(*webhook.previous_secret_until, message.mutable_previous_secret_expire_time());
  }
  message.set_failures(webhook.failures);
  if (webhook.failing_since.has_value()) {
    SetTime(*webhook.failing_since, message.mutable_failing_since());
  }
  if (webhook.last_success.has_value()) {
    SetTime(*webhook.last_success, message.mutable_last_success_time());
  }
  if (webhook.state == WebhookState::kActive && webhook.next_attempt > now) {
    SetTime(webhook.next_attempt, message.mutable_next_attempt_time());
  }
  SetTime(webhook.create_time, message.mutable_create_time());
  SetTime(webhook.update_time, message.mutable_update_time());
  message.set_etag(absl::StrCat(webhook.version));
  return message;
}

pb::WebhookDelivery ToProto(const WebhookAttempt& attempt) {
  pb::WebhookDelivery message;
  message.set_event(attempt.event);
  message.set_type(attempt.type);
  SetTime(attempt.at, message.mutable_time());
  message.set_delivered(attempt.failure.empty());
  message.set_http_status(attempt.http_status);
  message.set_failure(attempt.failure);
  message.set_milliseconds(static_cast<int32_t>(absl::ToInt64Milliseconds(attempt.took)));
  return message;
}

}  // namespace dm::notification
