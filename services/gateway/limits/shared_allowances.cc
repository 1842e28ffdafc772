#include "services/gateway/limits/shared_allowances.h"

#include "common/telemetry/log.h"
#include "common/telemetry/metrics.h"

namespace dm::gateway {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(1);

}  // namespace

SharedAllowances::SharedAllowances(Options options, Allowances* allowances, SpendingLedger* ledger,
                                   const Clock* clock)
    : options_(options), allowances_(allowances), ledger_(ledger), clock_(clock) {
  Show(ledger_ != nullptr);
  thread_ = std::thread([this] { Run(); });
}

SharedAllowances::~SharedAllowances() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  thread_.join();
  Exchange();
}

bool SharedAllowances::Exchange() {
  if (ledger_ == nullptr) return true;
  const std::vector<Spending> spendings = allowances_->TakeSpendings();
  if (spendings.empty()) return true;
  // As of before: the ledger's answer is a little older than when it is read.
  const absl::Time asked = clock_->Now();
  const auto balances = ledger_->Charge(spendings, asked + kPatience);
  if (!balances.ok()) {
    allowances_->GiveBack(spendings, clock_->Now());
    if (was_shared_) {
      telemetry::Log(telemetry::Severity::kWarning, "limits_not_shared",
                     {{"cause", balances.status().message()}});
    }
  } else {
    for (const auto& balance : *balances) allowances_->Learn(balance.key, balance.backlog, asked);
    if (!was_shared_) telemetry::Log(telemetry::Severity::kInfo, "limits_shared_again");
  }
  was_shared_ = balances.ok();
  Show(balances.ok());
  return balances.ok();
}

void SharedAllowances::Run() {
  absl::Time next_forget = clock_->Now() + options_.forget_every;
  absl::Duration rest = options_.interval;
  while (true) {
    {
      absl::MutexLock lock(&mutex_);
      if (mutex_.AwaitWithTimeout(absl::Condition(&stopping_), rest)) return;
    }
    rest = Exchange() ? options_.interval : options_.pause;
    if (clock_->Now() < next_forget) continue;
    Forget();
    next_forget = clock_->Now() + options_.forget_every;
  }
}

void SharedAllowances::Forget() {
  static auto& callers =
      telemetry::GaugeOf("gateway_limited_callers", "Callers whose allowance is not whole");
  static auto& unlimited = telemetry::GaugeOf(
      "gateway_calls_past_limits", "Calls without a limit, as there were too many callers");
  allowances_->Forget(clock_->Now());
  callers.Set(static_cast<double>(allowances_->size()));
  unlimited.Set(static_cast<double>(allowances_->unlimited()));
  // What stays for another minute does no harm.
  if (ledger_ != nullptr) (void)ledger_->Forget(clock_->Now() + kPatience);
}

void SharedAllowances::Show(bool shared) {
  static auto& gauge =
      telemetry::GaugeOf("gateway_limits_shared", "1 while the replicas share their limits");
  gauge.Set(shared ? 1 : 0);
}

}  // namespace dm::gateway
