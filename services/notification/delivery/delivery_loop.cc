#include "services/notification/delivery/delivery_loop.h"

#include "absl/strings/str_cat.h"
#include "common/telemetry/log.h"
#include "common/telemetry/span.h"
#include "services/notification/domain/composition.h"
#include "services/notification/domain/retry.h"

#include <algorithm>
#include <utility>

namespace dm::notification {
namespace {

using telemetry::Severity;

constexpr absl::Duration kDatabaseTime = absl::Seconds(5);
constexpr absl::Duration kPauseAfterDatabaseFailure = absl::Seconds(1);
constexpr absl::Duration kPauseBetweenMarks = absl::Milliseconds(200);
constexpr absl::Duration kLookAfterEvery = absl::Seconds(5);

// A part of the trace of what the message follows from; what was planned without one begins one.
telemetry::Span NewSpan(const LeasedMessage& message) {
  constexpr char kName[] = "send mail";
  if (message.traceparent.empty()) {
    return telemetry::Span(telemetry::SpanKind::kProducer, kName, telemetry::NewTrace());
  }
  return telemetry::Span(telemetry::SpanKind::kProducer, kName, message.traceparent);
}

void Describe(const LeasedMessage& message, telemetry::Span* span) {
  span->Set("messaging.system", "smtp");
  span->Set("messaging.operation.type", "send");
  span->Set("messaging.message.id", message.id);
  span->Set("dm.mail.kind", MessageKindName(message.facts.kind));
  span->Set("dm.mail.attempt", static_cast<int64_t>(message.attempts));
}

}  // namespace

DeliveryLoop::DeliveryLoop(Options options, MessageStore* store, MailTransport* transport,
                           const Clock* clock)
    : options_(std::move(options)), store_(store), transport_(transport), clock_(clock) {}

DeliveryLoop::~DeliveryLoop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void DeliveryLoop::Start() {
  thread_ = std::thread([this] { Work(); });
}

void DeliveryLoop::Wake() {
  absl::MutexLock lock(&mutex_);
  woken_ = true;
}

void DeliveryLoop::Work() {
  int unreachable = 0;
  while (!Stopping()) {
    const Round round = DeliverBatch();
    LookAfterQueue();
    unreachable = round.unreachable ? unreachable + 1 : 0;
    if (!round.status.ok()) {
      telemetry::Log(Severity::kWarning, "message_lease_failed",
                     {{"code", absl::StatusCodeToString(round.status.code())}});
      Sleep(kPauseAfterDatabaseFailure, /*wakes=*/false);
    } else if (round.unreachable) {
      Sleep(PauseAfterUnreachable(unreachable), /*wakes=*/false);
    } else if (round.leased == 0) {
      Sleep(options_.poll, /*wakes=*/true);
    }
  }
}

DeliveryLoop::Round DeliveryLoop::DeliverBatch() {
  Round round;
  const auto messages = store_->Lease(Deadline(), clock_->Now(), options_.lease, options_.batch);
  if (!messages.ok()) {
    round.status = messages.status();
    return round;
  }
  round.leased = static_cast<int>(messages->size());
  for (const LeasedMessage& message : *messages) {
    // Nothing may be on its way when the lease ends.
    const bool covered = clock_->Now() + transport_->longest_send() < message.lease_end;
    if (round.unreachable || !covered || Stopping()) {
      Settle(message, [&] { return store_->GiveBack(Deadline(), message, clock_->Now()); });
    } else {
      round.unreachable = Deliver(message) == Next::kGiveBack;
    }
  }
  return round;
}

DeliveryLoop::Next DeliveryLoop::Deliver(const LeasedMessage& message) {
  telemetry::Span span = NewSpan(message);
  Describe(message, &span);
  const telemetry::TraceScope scope(span.traceparent());
  const absl::Time now = clock_->Now();
  if (IsTooLate(message.session_end, now) || now >= message.useless_after) {
    metrics_.CountFailure(FailureCause::kTooLate);
    Settle(message,
           [&] { return store_->MarkFailed(Deadline(), message, FailureCause::kTooLate); });
    return Next::kContinue;
  }
  OutgoingMail mail;
  mail.from = options_.from;
  mail.to = {message.facts.display_name, message.email};
  mail.message_id = absl::StrCat(message.id, "@", kMailDomain);
  mail.date = clock_->Now();
  mail.content = Compose(message.facts, {options_.public_url, options_.from.address});

  const SendOutcome outcome = transport_->Send(mail);
  span.Set("dm.mail.result", SendResultName(outcome.result));
  metrics_.CountSend(outcome.result);
  if (outcome.result != SendResult::kSent) {
    telemetry::Log(Severity::kWarning, "message_not_sent",
                   {{"message", message.id},
                    {"result", SendResultName(outcome.result)},
                    {"smtp_code", outcome.smtp_code},
                    {"attempts", message.attempts}});
    span.End(absl::StatusCode::kUnavailable);
    return SettleUnsent(message, outcome.result);
  }
  Settle(message, [&] { return store_->MarkSent(Deadline(), message, clock_->Now()); });
  return Next::kContinue;
}

DeliveryLoop::Next DeliveryLoop::SettleUnsent(const LeasedMessage& message, SendResult result) {
  const std::optional<absl::Duration> delay = RetryDelay(message.attempts);
  const bool may_retry = result == SendResult::kDeferred || result == SendResult::kUnreachable;
  if (may_retry && delay.has_value()) {
    Settle(message, [&] { return store_->RetryAt(Deadline(), message, clock_->Now() + *delay); });
  } else {
    const FailureCause cause = may_retry                        ? FailureCause::kGaveUp
                               : result == SendResult::kInvalid ? FailureCause::kInvalid
                                                                : FailureCause::kRefused;
    metrics_.CountFailure(cause);
    Settle(message, [&] { return store_->MarkFailed(Deadline(), message, cause); });
  }
  return result == SendResult::kUnreachable ? Next::kGiveBack : Next::kContinue;
}

void DeliveryLoop::Settle(const LeasedMessage& message,
                          const std::function<absl::StatusOr<bool>()>& mark) {
  absl::StatusOr<bool> held = mark();
  while (!held.ok() && clock_->Now() < message.lease_end && !Stopping()) {
    Sleep(kPauseBetweenMarks, /*wakes=*/false);
    held = mark();
  }
  if (!held.ok()) {
    telemetry::Log(
        Severity::kError, "message_not_marked",
        {{"message", message.id}, {"code", absl::StatusCodeToString(held.status().code())}});
  }
}

void DeliveryLoop::LookAfterQueue() {
  const absl::Time now = clock_->Now();
  if (now < next_look_after_) return;
  next_look_after_ = now + kLookAfterEvery;
  const absl::StatusOr<int64_t> expired = store_->ExpireWaiting(Deadline(), now);
  if (expired.ok() && *expired > 0) metrics_.CountFailure(FailureCause::kTooLate, *expired);
  const absl::StatusOr<MessageCounts> counts = store_->Count(Deadline());
  if (counts.ok()) metrics_.ShowQueue(*counts, now);
}

bool DeliveryLoop::Stopping() {
  absl::MutexLock lock(&mutex_);
  return stopping_;
}

void DeliveryLoop::Sleep(absl::Duration time, bool wakes) {
  const auto rise = [this, wakes]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return stopping_ || (wakes && woken_);
  };
  absl::MutexLock lock(&mutex_);
  mutex_.AwaitWithTimeout(absl::Condition(&rise), time);
  if (wakes) woken_ = false;
}

// The database counts real time, whatever clock the messages go by.
absl::Time DeliveryLoop::Deadline() const { return absl::Now() + kDatabaseTime; }

}  // namespace dm::notification
