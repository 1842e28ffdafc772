#include "services/gateway/limits/allowances.h"

#include <algorithm>

namespace dm::gateway {

Allowances::Allowances(const Quotas& quotas, size_t capacity)
    : quotas_(quotas), shard_capacity_(std::max<size_t>(1, capacity / kShards)) {}

Allowances::Decision Allowances::Spend(const AllowanceKey& key, absl::Time now) {
  const Quota& quota = QuotaOf(key.rate_class);
  if (!quota.Limits()) return {};
  const absl::Duration per_call = quota.PerCall();
  Shard& shard = ShardOf(key);
  absl::MutexLock lock(&shard.mutex);
  auto found = shard.allowances.find(key);
  if (found == shard.allowances.end()) {
    if (shard.allowances.size() >= shard_capacity_) {
      ++unlimited_;
      return {};
    }
    found = shard.allowances.emplace(key, Allowance()).first;
  }
  Allowance& allowance = found->second;
  const absl::Duration backlog = std::max(allowance.whole_at - now, absl::ZeroDuration());
  if (backlog + per_call > quota.window) {
    return {.admitted = false,
            .remaining = 0,
            .whole_in = backlog,
            .retry_after = backlog + per_call - quota.window};
  }
  allowance.whole_at = now + backlog + per_call;
  if (allowance.unshared == absl::ZeroDuration()) shard.spent.push_back(key);
  allowance.unshared += per_call;
  return {.admitted = true,
          .remaining = (quota.window - backlog - per_call) / per_call,
          .whole_in = backlog + per_call,
          .retry_after = absl::ZeroDuration()};
}

std::vector<Spending> Allowances::TakeSpendings() {
  std::vector<Spending> spendings;
  for (Shard& shard : shards_) {
    absl::MutexLock lock(&shard.mutex);
    for (const AllowanceKey& key : shard.spent) {
      Allowance& allowance = shard.allowances.at(key);
      spendings.push_back({key, std::exchange(allowance.unshared, absl::ZeroDuration())});
      allowance.in_exchange = true;
    }
    shard.spent.clear();
  }
  // The others lock rows in this order too.
  std::sort(spendings.begin(), spendings.end(),
            [](const Spending& a, const Spending& b) { return a.key < b.key; });
  return spendings;
}

void Allowances::GiveBack(const std::vector<Spending>& spendings, absl::Time now) {
  for (const Spending& spending : spendings) {
    Shard& shard = ShardOf(spending.key);
    absl::MutexLock lock(&shard.mutex);
    Allowance& allowance = shard.allowances.at(spending.key);
    allowance.in_exchange = false;
    // What is whole again owes nothing that anybody would have to know.
    if (allowance.whole_at <= now) continue;
    if (allowance.unshared == absl::ZeroDuration()) shard.spent.push_back(spending.key);
    allowance.unshared = std::min(allowance.unshared + spending.time, allowance.whole_at - now);
  }
}

void Allowances::Learn(const AllowanceKey& key, absl::Duration backlog, absl::Time now) {
  Shard& shard = ShardOf(key);
  absl::MutexLock lock(&shard.mutex);
  const auto found = shard.allowances.find(key);
  if (found == shard.allowances.end()) return;
  found->second.in_exchange = false;
  found->second.whole_at = now + std::max(backlog, absl::ZeroDuration()) + found->second.unshared;
}

void Allowances::Forget(absl::Time now) {
  for (Shard& shard : shards_) {
    absl::MutexLock lock(&shard.mutex);
    for (auto it = shard.allowances.begin(); it != shard.allowances.end();) {
      const Allowance& allowance = it->second;
      const bool known = allowance.unshared == absl::ZeroDuration() && !allowance.in_exchange;
      if (known && allowance.whole_at <= now) {
        shard.allowances.erase(it++);
      } else {
        ++it;
      }
    }
  }
}

size_t Allowances::size() const {
  size_t all = 0;
  for (const Shard& shard : shards_) {
    absl::MutexLock lock(&shard.mutex);
    all += shard.allowances.size();
  }
  return all;
}

}  // namespace dm::gateway
