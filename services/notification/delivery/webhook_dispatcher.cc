#include "services/notification/delivery/webhook_dispatcher.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/telemetry/log.h"
#include "common/telemetry/metrics.h"
#include "common/telemetry/span.h"
#include "common/text/uuid.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <utility>

namespace dm::notification {
namespace {

namespace pb = destinationmetier::gateway::v1;

using partner_feed::Positions;
using telemetry::Severity;

constexpr absl::Duration kTick = absl::Milliseconds(50);
constexpr absl::Duration kSourceTime = absl::Seconds(2);
// How long one webhook may be delivered to before another's turn.
constexpr absl::Duration kTurn = absl::Seconds(5);
constexpr absl::Duration kCleanEvery = absl::Minutes(10);
// How far behind a stored position may be where there was nothing to send.
constexpr absl::Duration kStoreIdleEvery = absl::Minutes(1);
constexpr int kGone = 410;
constexpr int kBatch = 50;

void CountAttempt(const std::string& failure) {
  telemetry::CounterOf("webhook_attempts_total", "Events posted to webhooks by outcome",
                       {{"outcome", failure.empty() ? "taken" : failure}})
      .Increment();
}

// In a trace of its own: partners' events tell none. Where the webhook leads to is its partner's
// business, and no attribute.
WebhookAnswer PostTraced(WebhookTransport* transport, const WebhookPost& post,
                         const Webhook& webhook, const pb::PartnerEvent& event) {
  telemetry::Span span(telemetry::SpanKind::kClient, "POST webhook", telemetry::NewTrace());
  span.Set("http.request.method", "POST");
  span.Set("dm.webhook", webhook.id);
  span.Set("messaging.message.id", event.id());
  WebhookAnswer answer = transport->Post(post);
  if (answer.http_status != 0) span.Set("http.response.status_code", answer.http_status);
  if (answer.taken()) return answer;
  span.Set("dm.webhook.failure", answer.failure);
  span.End(absl::StatusCode::kUnavailable);
  return answer;
}

// For how long the webhook that has failed longest has waited to be taken from.
void ShowFailing(int failing, absl::Duration longest) {
  static auto& count = telemetry::GaugeOf("dm_webhooks_failing",
                                          "Webhooks of this replica that take nothing at present");
  static auto& oldest =
      telemetry::GaugeOf("dm_webhook_oldest_undelivered_seconds",
                         "For how long the event that has waited longest has been refused");
  count.Set(failing);
  oldest.Set(absl::ToDoubleSeconds(longest));
}

}  // namespace

WebhookPost PostOf(const Webhook& webhook, const pb::PartnerEvent& event, absl::Time now) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  WebhookPost post{.url = webhook.terms.url};
  const auto printed = google::protobuf::util::MessageToJsonString(event, &post.body, options);
  if (!printed.ok()) {
    telemetry::Log(Severity::kError, "webhook_event_without_json", {{"type", event.type()}});
  }
  post.headers = {{"Content-Type", "application/cloudevents+json; charset=utf-8"},
                  {"webhook-id", event.id()},
                  {"webhook-timestamp", absl::StrCat(absl::ToUnixSeconds(now))},
                  {"webhook-signature", WebhookSignature(webhook, event.id(), now, post.body)}};
  return post;
}

partner_feed::EventFilter FilterOf(const WebhookTerms& terms) {
  return {.types = {terms.types.begin(), terms.types.end()},
          .everywhere = terms.everywhere,
          .departments = {terms.departments.begin(), terms.departments.end()}};
}

WebhookDispatcher::WebhookDispatcher(Options options, partner_feed::MergedFeed* feed,
                                     WebhookLeases* leases, const Clock* clock)
    : options_(std::move(options)),
      feed_(feed),
      leases_(leases),
      clock_(clock),
      turns_({.threads = options_.threads, .queue_capacity = 10'000}),
      thread_([this] { Run(); }) {}

WebhookDispatcher::~WebhookDispatcher() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  thread_.join();
  turns_.Stop();
  // Another replica need not wait for the lease to end.
  leases_->Release().IgnoreError();
}

void WebhookDispatcher::Wake() {
  absl::MutexLock lock(&mutex_);
  woken_ = true;
}

bool WebhookDispatcher::Stopping() const {
  absl::MutexLock lock(&mutex_);
  return stopping_;
}

void WebhookDispatcher::Run() {
  while (!Stopping()) {
    const int64_t version = feed_->version();
    bool woken = false;
    {
      absl::MutexLock lock(&mutex_);
      woken = std::exchange(woken_, false);
    }
    if (woken || absl::Now() >= next_refresh_) Refresh();
    StartTurns();
    CleanUp();
    feed_->AwaitNews(version, absl::Now() + kTick);
  }
}

void WebhookDispatcher::Refresh() {
  next_refresh_ = absl::Now() + options_.refresh;
  auto webhooks = leases_->Hold(absl::Now(), options_.lease);
  if (!webhooks.ok()) {
    telemetry::Log(Severity::kWarning, "webhooks_not_held",
                   {{"code", absl::StatusCodeToString(webhooks.status().code())}});
    return;
  }
  absl::MutexLock lock(&mutex_);
  std::map<std::string, Held> held;
  for (Webhook& webhook : *webhooks) {
    const std::string id = webhook.id;
    const auto known = held_.find(id);
    // Where nobody else wrote, what is known here is newer than the row that was read.
    if (known != held_.end() &&
        (known->second.running || known->second.webhook.fence == webhook.fence)) {
      if (known->second.incomplete) known->second.done.reset();
      held.insert(held_.extract(known));
    } else {
      held[id].webhook = std::move(webhook);
    }
  }
  for (auto& [id, left] : held_) {
    if (left.running) held.emplace(id, std::move(left));
  }
  held_ = std::move(held);
  int failing = 0;
  absl::Duration longest = absl::ZeroDuration();
  for (const auto& [id, one] : held_) {
    if (!one.webhook.failing_since.has_value()) continue;
    ++failing;
    longest = std::max(longest, clock_->Now() - *one.webhook.failing_since);
  }
  ShowFailing(failing, longest);
}

void WebhookDispatcher::StartTurns() {
  const int64_t version = feed_->version();
  const absl::Time now = clock_->Now();
  absl::MutexLock lock(&mutex_);
  for (auto& [id, held] : held_) {
    if (held.running || held.webhook.next_attempt > now || held.done == version) continue;
    held.running = turns_.TrySubmit([this, id = id] { Turn(id); });
  }
}

void WebhookDispatcher::Turn(const std::string& id) {
  Held held;
  std::unique_ptr<WebhookTransport> transport;
  {
    absl::MutexLock lock(&mutex_);
    held = held_.at(id);
    if (!transports_.empty()) {
      transport = std::move(transports_.back());
      transports_.pop_back();
    }
  }
  if (transport == nullptr) transport = options_.new_transport();
  const bool same = Deliver(&held, transport.get());
  absl::MutexLock lock(&mutex_);
  transports_.push_back(std::move(transport));
  if (same && held.webhook.state == WebhookState::kActive) {
    held.running = false;
    held_[id] = std::move(held);
  } else {
    held_.erase(id);
    woken_ = true;
  }
}

bool WebhookDispatcher::Deliver(Held* held, WebhookTransport* transport) {
  Webhook& webhook = held->webhook;
  const partner_feed::EventFilter filter = FilterOf(webhook.terms);
  const absl::Time end = absl::Now() + kTurn;
  while (!Stopping() && absl::Now() < end) {
    const int64_t version = feed_->version();
    auto batch = feed_->Next(filter, webhook.positions, {.events = kBatch},
                             partner_feed::MergedFeed::Reach::kSources, absl::Now() + kSourceTime);
    if (!batch.ok()) {
      StartAnew(&webhook, batch.status());
      return leases_->Advance(webhook, webhook.positions, std::nullopt, clock_->Now())
          .value_or(false);
    }
    for (size_t i = 0; i < batch->events.size(); ++i) {
      if (Stopping()) return true;
      Positions behind = webhook.positions;
      behind[batch->origins[i].source] = batch->origins[i].position;
      if (!Post(held, batch->events[i], behind, transport)) return false;
      if (webhook.failures > 0 || webhook.state != WebhookState::kActive) return true;
    }
    const bool moved = webhook.positions != batch->positions;
    webhook.positions = batch->positions;
    if (moved && absl::Now() >= held->stored + kStoreIdleEvery) {
      held->stored = absl::Now();
      if (!leases_->Advance(webhook, webhook.positions, std::nullopt, clock_->Now())
               .value_or(true)) {
        return false;
      }
    }
    held->done.reset();
    if (batch->at_end) {
      held->done = version;
      held->incomplete = batch->incomplete;
      return true;
    }
  }
  return true;
}

bool WebhookDispatcher::Post(Held* held, const pb::PartnerEvent& event, const Positions& behind,
                             WebhookTransport* transport) {
  Webhook& webhook = held->webhook;
  const absl::Time now = clock_->Now();
  const WebhookAnswer answer = PostTraced(transport, PostOf(webhook, event, now), webhook, event);
  CountAttempt(answer.failure);
  const WebhookAttempt attempt{.id = NewUuid(now),
                               .webhook = webhook.id,
                               .event = event.id(),
                               .type = event.type(),
                               .at = now,
                               .http_status = answer.http_status,
                               .failure = answer.failure,
                               .took = answer.took,
                               .positions = webhook.positions};
  if (!answer.taken()) return NoteFailure(held, attempt, answer);
  const auto moved = leases_->Advance(webhook, behind, attempt, clock_->Now());
  // It comes again, under the same id.
  if (!moved.ok() || !*moved) return false;
  webhook.positions = behind;
  webhook.failures = 0;
  webhook.failing_since.reset();
  webhook.next_attempt = absl::InfinitePast();
  held->stored = absl::Now();
  return true;
}

bool WebhookDispatcher::NoteFailure(Held* held, const WebhookAttempt& attempt,
                                    const WebhookAnswer& answer) {
  Webhook& webhook = held->webhook;
  const absl::Time now = clock_->Now();
  double lot = 0;
  {
    absl::MutexLock lock(&mutex_);
    lot = absl::Uniform(lots_, 0.0, 1.0);
  }
  ++webhook.failures;
  if (!webhook.failing_since.has_value()) webhook.failing_since = now;
  webhook.next_attempt = now + WebhookRetryDelay(webhook.failures, answer.retry_after, lot);
  std::optional<absl::Time> next = webhook.next_attempt;
  if (answer.http_status == kGone || now >= *webhook.failing_since + options_.give_up) {
    next.reset();
    webhook.state = WebhookState::kDisabled;
  }
  telemetry::Log(Severity::kInfo, next.has_value() ? "webhook_failed" : "webhook_disabled",
                 {{"webhook", webhook.id},
                  {"failure", answer.failure},
                  {"status", answer.http_status},
                  {"failures", webhook.failures}});
  return leases_->Fail(webhook, attempt, next, now).value_or(false);
}

void WebhookDispatcher::StartAnew(Webhook* webhook, const absl::Status& why) {
  telemetry::Log(Severity::kError, "webhook_position_lost",
                 {{"webhook", webhook->id}, {"code", absl::StatusCodeToString(why.code())}});
  // What was deleted cannot be sent; what a source no longer knows it has not got.
  const auto end = feed_->End();
  webhook->positions = absl::IsOutOfRange(why) || !end.ok() ? feed_->Beginning() : *end;
}

void WebhookDispatcher::CleanUp() {
  if (absl::Now() < next_cleaning_) return;
  next_cleaning_ = absl::Now() + kCleanEvery;
  leases_->DropAttempts(clock_->Now() - options_.keep_attempts).IgnoreError();
}

}  // namespace dm::notification
