#include "services/notification/api/webhook_api.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/partner_feed/resume_position.h"
#include "common/text/uuid.h"
#include "services/notification/api/webhook_messages.h"
#include "services/notification/delivery/webhook_dispatcher.h"

#include <algorithm>
#include <utility>

namespace dm::notification {
namespace {

namespace pb = destinationmetier::notification::v1;
using database::Transaction;

constexpr auth::Roles kOwners = {auth::Role::kPartner, auth::Role::kAgency, auth::Role::kOperator};
constexpr char kTestType[] = "destinationmetier.webhook.test";

bool MayOwn(const auth::Caller& caller) {
  if (caller.Is(auth::Role::kOperator) || caller.Is(auth::Role::kAgency)) return true;
  return std::find(caller.scopes.begin(), caller.scopes.end(), "events.read") !=
         caller.scopes.end();
}

absl::Status ScopeMissing() {
  return MakeError(absl::StatusCode::kPermissionDenied, "the token lacks the scope events.read",
                   {.reason = "ROLE_MISSING",
                    .metadata = {{"scope", "events.read"}},
                    .message_fr = "Votre accès ne permet pas de recevoir les événements.",
                    .message_en = "Your access does not allow to be sent events."});
}

bool Owns(const auth::Caller& caller, const Webhook& webhook) {
  return caller.Is(auth::Role::kOperator) || webhook.owner == caller.PersonName();
}

absl::Status EtagMismatch() {
  return MakeError(absl::StatusCode::kAborted, "the etag is not the current one",
                   {.reason = "ETAG_MISMATCH",
                    .message_fr = "Ce webhook a été modifié entre-temps. Relisez-le, puis "
                                  "recommencez.",
                    .message_en = "This webhook was changed meanwhile. Read it again and retry."});
}

absl::Status TooMany(int most) {
  return MakeError(absl::StatusCode::kResourceExhausted,
                   absl::StrCat("nobody has more than ", most, " webhooks"),
                   {.reason = "TOO_MANY_WEBHOOKS",
                    .message_fr = "Vous avez déjà autant de webhooks que possible.",
                    .message_en = "You have as many webhooks as is possible."});
}

void CheckName(absl::string_view name, absl::string_view field, Violations& violations) {
  if (!WebhookIdFrom(name).has_value()) violations.Add(field, "must be webhooks/{uuid}");
}

void CheckRequestId(const std::string& request_id, Violations& violations) {
  if (!IsUuid(request_id)) violations.Add("request_id", "must be a UUID made by the client");
}

template <typename Request>
void CheckStep(const Request& request, Violations& violations) {
  CheckName(request.name(), "name", violations);
  CheckRequestId(request.request_id(), violations);
}

template <typename Request>
requests::WriteRequest ToWriteRequest(const rpc::Call& call, Request request) {
  absl::AsciiStrToLower(request.mutable_request_id());
  return {.caller = call.caller.PersonName(),
          .request_id = request.request_id(),
          .method = call.method,
          .fingerprint = rpc::QueryFingerprint(request)};
}

// What is kept of an answer: which webhook, and which of its secrets was shown, 0 for none.
std::string Kept(const Webhook& webhook, bool with_secret) {
  return absl::StrCat(webhook.id, " ", with_secret ? webhook.secret_number : 0);
}

}  // namespace

WebhookApi::WebhookApi(Options options, database::Database* database,
                       partner_feed::MergedFeed* feed, const rpc::PageTokens* tokens,
                       const Clock* clock)
    : options_(std::move(options)),
      database_(database),
      feed_(feed),
      tokens_(tokens),
      clock_(clock) {}

WebhookApi::Proto WebhookApi::ToMessage(const Webhook& webhook) const {
  return ToProto(webhook, clock_->Now());
}

absl::StatusOr<WebhookApi::Proto> WebhookApi::Create(const rpc::Call& call,
                                                     const pb::CreateWebhookRequest& request) {
  if (!MayOwn(call.caller)) return ScopeMissing();
  const auto positions = feed_->End();
  if (!positions.ok()) return positions.status();
  Webhook webhook{.owner = call.caller.PersonName(), .secret = NewWebhookSecret()};
  for (const std::string& field : WrittenWebhookFields()) {
    absl::Status status = TakeField(field, call.caller, request.webhook(), &webhook.terms);
    if (!status.ok()) return status;
  }
  webhook.positions = *positions;
  const requests::WriteRequest write = ToWriteRequest(call, request);
  const auto created =
      database_->Write(call.deadline, [&](Transaction& transaction) -> absl::StatusOr<Proto> {
        const absl::Time now = clock_->Now();
        const auto earlier = requests::ClaimRequest(transaction, write, now);
        if (!earlier.ok()) return earlier.status();
        if (earlier->has_value()) {
          const std::vector<std::string> kept = absl::StrSplit(**earlier, ' ');
          const auto found = FindWebhook(transaction, kept[0]);
          if (!found.has_value()) return NotFoundError(absl::StrCat("webhooks/", kept[0]));
          Proto again = ToMessage(*found);
          if (absl::StrCat(found->secret_number) == kept[1]) again.set_secret(found->secret);
          return again;
        }
        webhook.id = NewUuid(now);
        webhook.create_time = webhook.update_time = now;
        if (!AddWebhook(transaction, webhook, options_.most_of_one_owner)) {
          return TooMany(options_.most_of_one_owner);
        }
        requests::KeepAnswer(transaction, write, Kept(webhook, /*with_secret=*/true), now);
        Proto message = ToMessage(webhook);
        message.set_secret(webhook.secret);
        return message;
      });
  if (created.ok()) options_.on_change();
  return created;
}

absl::StatusOr<WebhookApi::Proto> WebhookApi::Write(const rpc::Call& call,
                                                    const requests::WriteRequest& write,
                                                    const std::string& name,
                                                    const std::string& etag, const Change& change) {
  if (!MayOwn(call.caller)) return ScopeMissing();
  const auto changed =
      database_->Write(call.deadline, [&](Transaction& transaction) -> absl::StatusOr<Proto> {
        const absl::Time now = clock_->Now();
        const auto earlier = requests::ClaimRequest(transaction, write, now);
        if (!earlier.ok()) return earlier.status();
        auto webhook = LockWebhook(transaction, WebhookIdFrom(name).value_or(""));
        if (!webhook.has_value() || !Owns(call.caller, *webhook)) return NotFoundError(name);
        if (earlier->has_value()) {
          Proto again = ToMessage(*webhook);
          const std::vector<std::string> kept = absl::StrSplit(**earlier, ' ');
          if (absl::StrCat(webhook->secret_number) == kept[1]) again.set_secret(webhook->secret);
          return again;
        }
        if (!etag.empty() && etag != absl::StrCat(webhook->version)) return EtagMismatch();
        const int secret = webhook->secret_number;
        if (absl::Status status = change(&*webhook, now); !status.ok()) return status;
        ChangeWebhook(transaction, &*webhook, now);
        const bool new_secret = webhook->secret_number != secret;
        requests::KeepAnswer(transaction, write, Kept(*webhook, new_secret), now);
        Proto message = ToMessage(*webhook);
        if (new_secret) message.set_secret(webhook->secret);
        return message;
      });
  if (changed.ok()) options_.on_change();
  return changed;
}

template <typename Request>
absl::StatusOr<WebhookApi::Proto> WebhookApi::Step(const rpc::Call& call, const Request& request,
                                                   Change change) {
  return Write(call, ToWriteRequest(call, request), request.name(), request.etag(), change);
}

absl::StatusOr<WebhookApi::Proto> WebhookApi::Update(const rpc::Call& call,
                                                     const pb::UpdateWebhookRequest& request) {
  const auto& paths = request.update_mask().paths();
  const std::vector<std::string> fields(paths.begin(), paths.end());
  return Write(call, ToWriteRequest(call, request), request.webhook().name(),
               request.webhook().etag(), [&](Webhook* webhook, absl::Time) {
                 for (const std::string& field : fields.empty() ? WrittenWebhookFields() : fields) {
                   absl::Status status =
                       TakeField(field, call.caller, request.webhook(), &webhook->terms);
                   if (!status.ok()) return status;
                 }
                 // Whoever mended it wants to see at once whether it works.
                 webhook->next_attempt = absl::InfinitePast();
                 return absl::OkStatus();
               });
}

absl::StatusOr<WebhookApi::Proto> WebhookApi::Replay(const rpc::Call& call,
                                                     const pb::ReplayWebhookRequest& request) {
  return Write(call, ToWriteRequest(call, request), request.name(), "",
               [&](Webhook* webhook, absl::Time) {
                 absl::StatusOr<partner_feed::Positions> positions = feed_->Beginning();
                 if (!request.position().empty()) {
                   positions = partner_feed::ReadPosition(
                       *tokens_, partner_feed::FingerprintOf(FilterOf(webhook->terms)),
                       request.position(), feed_->sources());
                   if (!positions.ok()) return partner_feed::PositionInvalid("position");
                 }
                 webhook->positions = *positions;
                 webhook->next_attempt = absl::InfinitePast();
                 return absl::OkStatus();
               });
}

absl::StatusOr<google::protobuf::Empty> WebhookApi::Delete(
    const rpc::Call& call, const pb::DeleteWebhookRequest& request) {
  if (!MayOwn(call.caller)) return ScopeMissing();
  const requests::WriteRequest write = ToWriteRequest(call, request);
  const absl::Status deleted =
      database_->Write(call.deadline, [&](Transaction& transaction) -> absl::Status {
        const absl::Time now = clock_->Now();
        const auto earlier = requests::ClaimRequest(transaction, write, now);
        if (!earlier.ok()) return earlier.status();
        if (earlier->has_value()) return absl::OkStatus();
        const auto webhook = LockWebhook(transaction, WebhookIdFrom(request.name()).value_or(""));
        if (!webhook.has_value() || !Owns(call.caller, *webhook)) {
          return NotFoundError(request.name());
        }
        if (!request.etag().empty() && request.etag() != absl::StrCat(webhook->version)) {
          return EtagMismatch();
        }
        DeleteWebhook(transaction, webhook->id);
        requests::KeepAnswer(transaction, write, Kept(*webhook, /*with_secret=*/false), now);
        return absl::OkStatus();
      });
  if (!deleted.ok()) return deleted;
  options_.on_change();
  return google::protobuf::Empty();
}

absl::StatusOr<WebhookApi::Proto> WebhookApi::Get(const rpc::Call& call,
                                                  const pb::GetWebhookRequest& request) {
  if (!MayOwn(call.caller)) return ScopeMissing();
  return database_->Read(call.deadline, [&](Transaction& transaction) -> absl::StatusOr<Proto> {
    const auto webhook = FindWebhook(transaction, WebhookIdFrom(request.name()).value_or(""));
    if (!webhook.has_value() || !Owns(call.caller, *webhook)) return NotFoundError(request.name());
    return ToMessage(*webhook);
  });
}

absl::StatusOr<pb::ListWebhooksResponse> WebhookApi::List(const rpc::Call& call,
                                                          const pb::ListWebhooksRequest& request) {
  if (!MayOwn(call.caller)) return ScopeMissing();
  // Another caller's token would show another list.
  const std::string fingerprint =
      absl::StrCat(rpc::QueryFingerprint(request), call.caller.PersonName());
  const auto parts = tokens_->Read(request.page_token(), fingerprint);
  if (!parts.ok()) return parts.status();
  std::optional<WebhookPosition> after;
  if (parts->size() == 2) {
    after.emplace();
    if (!absl::SimpleAtoi((*parts)[0], &after->create_micros)) after.reset();
    if (after.has_value()) after->id = (*parts)[1];
  }
  std::optional<std::string> owner;
  if (!call.caller.Is(auth::Role::kOperator)) owner = call.caller.PersonName();
  const int size = rpc::EffectivePageSize(request.page_size());
  return database_->Read(
      call.deadline, [&](Transaction& transaction) -> absl::StatusOr<pb::ListWebhooksResponse> {
        std::vector<Webhook> found = ListWebhooks(transaction, owner, after, size + 1);
        const bool more = static_cast<int>(found.size()) > size;
        if (more) found.pop_back();
        pb::ListWebhooksResponse response;
        for (const Webhook& webhook : found) *response.add_webhooks() = ToMessage(webhook);
        if (more) {
          response.set_next_page_token(tokens_->Make(
              fingerprint,
              {absl::StrCat(database::ToMicros(found.back().create_time)), found.back().id}));
        }
        return response;
      });
}

absl::StatusOr<pb::ListWebhookDeliveriesResponse> WebhookApi::ListDeliveries(
    const rpc::Call& call, const pb::ListWebhookDeliveriesRequest& request) {
  if (!MayOwn(call.caller)) return ScopeMissing();
  const std::string fingerprint = rpc::QueryFingerprint(request);
  const auto parts = tokens_->Read(request.page_token(), fingerprint);
  if (!parts.ok()) return parts.status();
  const std::string before = parts->empty() ? "" : parts->front();
  const int size = rpc::EffectivePageSize(request.page_size());
  return database_->Read(
      call.deadline,
      [&](Transaction& transaction) -> absl::StatusOr<pb::ListWebhookDeliveriesResponse> {
        const auto webhook = FindWebhook(transaction, WebhookIdFrom(request.parent()).value_or(""));
        if (!webhook.has_value() || !Owns(call.caller, *webhook)) {
          return NotFoundError(request.parent());
        }
        const std::string filter = partner_feed::FingerprintOf(FilterOf(webhook->terms));
        std::vector<WebhookAttempt> found =
            ListAttempts(transaction, webhook->id, before, size + 1);
        const bool more = static_cast<int>(found.size()) > size;
        if (more) found.pop_back();
        pb::ListWebhookDeliveriesResponse response;
        for (const WebhookAttempt& attempt : found) {
          *response.add_deliveries() = ToProto(attempt);
          response.mutable_deliveries()->rbegin()->set_position(
              partner_feed::WritePosition(*tokens_, filter, attempt.positions));
        }
        if (more) response.set_next_page_token(tokens_->Make(fingerprint, {found.back().id}));
        return response;
      });
}

absl::StatusOr<pb::WebhookDelivery> WebhookApi::Test(const rpc::Call& call,
                                                     const pb::TestWebhookRequest& request) {
  if (!MayOwn(call.caller)) return ScopeMissing();
  const auto webhook =
      database_->Read(call.deadline, [&](Transaction& transaction) -> absl::StatusOr<Webhook> {
        auto found = FindWebhook(transaction, WebhookIdFrom(request.name()).value_or(""));
        if (!found.has_value() || !Owns(call.caller, *found)) return NotFoundError(request.name());
        return *std::move(found);
      });
  if (!webhook.ok()) return webhook.status();
  const absl::Time now = clock_->Now();
  destinationmetier::gateway::v1::PartnerEvent event;
  event.set_specversion("1.0");
  event.set_id(NewUuid(now));
  event.set_source("notification");
  event.set_type(kTestType);
  event.set_subject(webhook->Name());
  event.mutable_time()->set_seconds(absl::ToUnixSeconds(now));
  WebhookAnswer answer;
  {
    absl::MutexLock lock(&transport_mutex_);
    answer = options_.transport->Post(PostOf(*webhook, event, now));
  }
  pb::WebhookDelivery delivery = ToProto(WebhookAttempt{.type = kTestType,
                                                        .at = now,
                                                        .http_status = answer.http_status,
                                                        .failure = answer.failure,
                                                        .took = answer.took});
  return delivery;
}

std::unique_ptr<rpc::ServiceBinding> WebhookApi::Bind(rpc::Pipeline* pipeline) {
  auto binding = std::make_unique<rpc::ServiceBinding>(
      pb::Webhook::descriptor()->file()->FindServiceByName("WebhookService"), pipeline);
  const rpc::Policy owners{.roles = kOwners};
  const bool private_allowed = options_.private_allowed;
  const auto check_url = [private_allowed](const std::string& url, Violations& violations) {
    const std::string fault = WebhookUrlFault(url, private_allowed);
    if (!fault.empty()) violations.Add("webhook.url", fault);
  };
  binding->Blocking<pb::CreateWebhookRequest, Proto>(
      "CreateWebhook", owners,
      [=](const pb::CreateWebhookRequest& request, Violations& violations) {
        check_url(request.webhook().url(), violations);
        CheckTerms(request.webhook(), violations);
        CheckRequestId(request.request_id(), violations);
      },
      [this](const rpc::Call& call, const auto& request) { return Create(call, request); });
  binding->Blocking<pb::UpdateWebhookRequest, Proto>(
      "UpdateWebhook", owners,
      [=](const pb::UpdateWebhookRequest& request, Violations& violations) {
        CheckName(request.webhook().name(), "webhook.name", violations);
        const auto& paths = request.update_mask().paths();
        for (const std::string& path : paths) {
          const auto& written = WrittenWebhookFields();
          if (std::find(written.begin(), written.end(), path) == written.end()) {
            violations.Add("update_mask", absl::StrCat(path, " is nothing that can be written"));
          }
        }
        if (paths.empty() || std::find(paths.begin(), paths.end(), "url") != paths.end()) {
          check_url(request.webhook().url(), violations);
        }
        CheckTerms(request.webhook(), violations);
        CheckRequestId(request.request_id(), violations);
      },
      [this](const rpc::Call& call, const auto& request) { return Update(call, request); });
  binding->Blocking<pb::DeleteWebhookRequest, google::protobuf::Empty>(
      "DeleteWebhook", owners, CheckStep<pb::DeleteWebhookRequest>,
      [this](const rpc::Call& call, const auto& request) { return Delete(call, request); });
  binding->Blocking<pb::PauseWebhookRequest, Proto>(
      "PauseWebhook", owners, CheckStep<pb::PauseWebhookRequest>,
      [this](const rpc::Call& call, const pb::PauseWebhookRequest& request) {
        return Step(call, request, [](Webhook* webhook, absl::Time) {
          webhook->state = WebhookState::kPaused;
          return absl::OkStatus();
        });
      });
  binding->Blocking<pb::ResumeWebhookRequest, Proto>(
      "ResumeWebhook", owners, CheckStep<pb::ResumeWebhookRequest>,
      [this](const rpc::Call& call, const pb::ResumeWebhookRequest& request) {
        return Step(call, request, [](Webhook* webhook, absl::Time) {
          webhook->state = WebhookState::kActive;
          webhook->failures = 0;
          webhook->failing_since.reset();
          webhook->next_attempt = absl::InfinitePast();
          return absl::OkStatus();
        });
      });
  binding->Blocking<pb::RotateWebhookSecretRequest, Proto>(
      "RotateWebhookSecret", owners, CheckStep<pb::RotateWebhookSecretRequest>,
      [this](const rpc::Call& call, const pb::RotateWebhookSecretRequest& request) {
        return Step(call, request, [this](Webhook* webhook, absl::Time now) {
          webhook->previous_secret = std::exchange(webhook->secret, NewWebhookSecret());
          webhook->previous_secret_until = now + options_.overlap;
          ++webhook->secret_number;
          return absl::OkStatus();
        });
      });
  binding->Blocking<pb::ReplayWebhookRequest, Proto>(
      "ReplayWebhook", owners, CheckStep<pb::ReplayWebhookRequest>,
      [this](const rpc::Call& call, const auto& request) { return Replay(call, request); });
  binding->Blocking<pb::TestWebhookRequest, pb::WebhookDelivery>(
      "TestWebhook", {.roles = kOwners, .max_time = absl::Seconds(10)},
      [](const pb::TestWebhookRequest& request, Violations& violations) {
        CheckName(request.name(), "name", violations);
      },
      [this](const rpc::Call& call, const auto& request) { return Test(call, request); });
  binding->Blocking<pb::GetWebhookRequest, Proto>(
      "GetWebhook", owners,
      [](const pb::GetWebhookRequest& request, Violations& violations) {
        CheckName(request.name(), "name", violations);
      },
      [this](const rpc::Call& call, const auto& request) { return Get(call, request); });
  binding->Blocking<pb::ListWebhooksRequest, pb::ListWebhooksResponse>(
      "ListWebhooks", owners,
      [](const pb::ListWebhooksRequest& request, Violations& violations) {
        if (request.page_size() < 0) violations.Add("page_size", "must not be negative");
      },
      [this](const rpc::Call& call, const auto& request) { return List(call, request); });
  binding->Blocking<pb::ListWebhookDeliveriesRequest, pb::ListWebhookDeliveriesResponse>(
      "ListWebhookDeliveries", owners,
      [](const pb::ListWebhookDeliveriesRequest& request, Violations& violations) {
        CheckName(request.parent(), "parent", violations);
        if (request.page_size() < 0) violations.Add("page_size", "must not be negative");
      },
      [this](const rpc::Call& call, const auto& request) { return ListDeliveries(call, request); });
  return binding;
}

}  // namespace dm::notification
