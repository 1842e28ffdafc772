#include "services/gateway/usage/partner_usage.h"

#include "common/codes/official_codes.h"
#include "common/rpc/method_table.h"
#include "common/telemetry/metrics.h"

#include <utility>

namespace dm::gateway {
namespace {

prometheus::Counter& Uncounted() {
  static auto& counter = telemetry::CounterOf(
      "gateway_usage_uncounted_total",
      "Calls and deliveries of partners that were not counted, as too many counts waited");
  return counter;
}

}  // namespace

CallOutcome OutcomeOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return CallOutcome::kOk;
    case absl::StatusCode::kResourceExhausted:
      return CallOutcome::kLimited;
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kUnimplemented:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDataLoss:
      return CallOutcome::kServerError;
    default:
      return CallOutcome::kClientError;
  }
}

bool PartnerUsage::Counts(const auth::Caller& caller) {
  constexpr auth::Roles kPartnerAlone = {auth::Role::kAnonymous, auth::Role::kPartner};
  return caller.roles == kPartnerAlone;
}

void PartnerUsage::CountCall(const auth::Caller& caller, const std::string& method,
                             absl::StatusCode code) {
  if (!Counts(caller)) return;
  const absl::MutexLock lock(&mutex_);
  UsageCount* const count = CountOf(caller, method);
  if (count != nullptr) ++count->calls[static_cast<size_t>(OutcomeOf(code))];
}

void PartnerUsage::CountEvents(const auth::Caller& caller, const std::string& method,
                               int64_t events) {
  if (events == 0 || !Counts(caller)) return;
  const absl::MutexLock lock(&mutex_);
  UsageCount* const count = CountOf(caller, method);
  if (count != nullptr) count->events += events;
}

UsageCount* PartnerUsage::CountOf(const auth::Caller& caller, const std::string& method) {
  const rpc::MethodPolicy* const known = rpc::FindMethod(method);
  if (known == nullptr) return nullptr;
  const absl::CivilDay day = absl::ToCivilDay(clock_->Now(), ParisTimeZone());
  Key key(caller.subject, day, known->path.substr(1));
  auto found = counts_.find(key);
  if (found == counts_.end()) {
    if (counts_.size() >= capacity_) {
      Uncounted().Increment();
      return nullptr;
    }
    UsageCount count{.partner = caller.subject, .day = day, .method = std::get<2>(key)};
    found = counts_.emplace(std::move(key), std::move(count)).first;
  }
  std::set<std::string>& departments = departments_[caller.subject];
  for (const std::string& code : caller.territory) {
    if (IsDepartment(code)) departments.insert(code);
  }
  return &found->second;
}

CountedUsage PartnerUsage::Take() {
  std::map<Key, UsageCount> counts;
  CountedUsage taken;
  {
    const absl::MutexLock lock(&mutex_);
    counts.swap(counts_);
    taken.departments.swap(departments_);
  }
  taken.counts.reserve(counts.size());
  for (auto& [key, count] : counts) taken.counts.push_back(std::move(count));
  return taken;
}

UsedCall::UsedCall(PartnerUsage* usage, const std::string& method, const auth::Caller& caller)
    : usage_(usage) {
  if (usage_ == nullptr || !PartnerUsage::Counts(caller)) return;
  call_ = std::make_shared<const Call>(Call{.method = method, .caller = caller});
}

void UsedCall::End(absl::StatusCode code) const {
  if (call_ != nullptr) usage_->CountCall(call_->caller, call_->method, code);
}

}  // namespace dm::gateway
