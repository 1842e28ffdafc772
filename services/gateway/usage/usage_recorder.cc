#include "services/gateway/usage/usage_recorder.h"

#include "absl/time/clock.h"
#include "common/telemetry/log.h"
#include "common/text/uuid.h"

namespace dm::gateway {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(2);
constexpr absl::Duration kLongestForgetting = absl::Seconds(10);

}  // namespace

UsageRecorder::UsageRecorder(Options options, PartnerUsage* usage, UsageLedger* ledger,
                             const Clock* clock)
    : options_(options), usage_(usage), ledger_(ledger), clock_(clock) {
  batch_.writer = NewUuid(absl::Now());
}

UsageRecorder::~UsageRecorder() {
  task_.reset();
  Flush();
}

void UsageRecorder::Start() {
  task_.emplace([this] { return Work(); });
  task_->Start();
}

bool UsageRecorder::Flush() {
  if (!Send()) return false;
  ++batch_.number;
  batch_.counted = usage_->Take();
  return Send();
}

bool UsageRecorder::Send() {
  if (batch_.counted.counts.empty()) return true;
  batch_.day = absl::ToCivilDay(clock_->Now(), ParisTimeZone());
  const absl::Status status = ledger_->Add(batch_, absl::Now() + kPatience);
  if (status.ok()) batch_.counted = {};
  if (status.ok() != was_written_) {
    if (status.ok()) {
      telemetry::Log(telemetry::Severity::kInfo, "usage_written_again");
    } else {
      telemetry::Log(telemetry::Severity::kWarning, "usage_not_written",
                     {{"code", absl::StatusCodeToString(status.code())}});
    }
  }
  was_written_ = status.ok();
  return status.ok();
}

absl::Status UsageRecorder::Forget() {
  const absl::CivilMonth month(absl::ToCivilDay(clock_->Now(), ParisTimeZone()));
  return ledger_->Forget(absl::CivilDay(month - kMonthsKept), absl::Now() + kLongestForgetting);
}

absl::Duration UsageRecorder::Work() {
  const absl::Time now = clock_->Now();
  // What stays for another hour does no harm.
  if (Flush() && now >= next_forgetting_ && Forget().ok()) {
    next_forgetting_ = now + options_.forget_every;
  }
  return options_.interval;
}

}  // namespace dm::gateway
