#include "services/gateway/limits/allowances.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace dm::gateway {
namespace {

using rpc::RateClass;

const absl::Time kStart = absl::FromUnixSeconds(1'800'000'000);
constexpr int64_t kCalls = 10;

Quotas TenInAMinute() {
  Quotas quotas;
  quotas[static_cast<size_t>(RateClass::kRead)] = {kCalls, absl::Minutes(1)};
  return quotas;
}

const AllowanceKey kSomebody{absl::MakeUint128(1, 2), RateClass::kRead};
const AllowanceKey kSomebodyElse{absl::MakeUint128(1, 3), RateClass::kRead};

int AdmittedOf(Allowances& allowances, int calls, absl::Time now,
               const AllowanceKey& key = kSomebody) {
  int admitted = 0;
  for (int i = 0; i < calls; ++i) admitted += allowances.Spend(key, now).admitted ? 1 : 0;
  return admitted;
}

TEST(Allowances, AdmitAsManyAtOnceAsTheQuotaSays) {
  Allowances allowances(TenInAMinute());
  EXPECT_EQ(AdmittedOf(allowances, 20, kStart), kCalls);
  EXPECT_EQ(AdmittedOf(allowances, 20, kStart, kSomebodyElse), kCalls);
}

TEST(Allowances, GiveBackEvenly) {
  Allowances allowances(TenInAMinute());
  AdmittedOf(allowances, 10, kStart);
  EXPECT_EQ(AdmittedOf(allowances, 5, kStart + absl::Seconds(5)), 0);
  EXPECT_EQ(AdmittedOf(allowances, 5, kStart + absl::Seconds(6)), 1);
  EXPECT_EQ(AdmittedOf(allowances, 20, kStart + absl::Minutes(5)), kCalls);
}

TEST(Allowances, SayWhenTheNextCallCanBeAdmitted) {
  Allowances allowances(TenInAMinute());
  AdmittedOf(allowances, 10, kStart);
  const auto refused = allowances.Spend(kSomebody, kStart + absl::Seconds(2));
  EXPECT_FALSE(refused.admitted);
  EXPECT_EQ(refused.retry_after, absl::Seconds(4));
  EXPECT_TRUE(allowances.Spend(kSomebody, kStart + absl::Seconds(6)).admitted);
}

TEST(Allowances, SayWhatIsLeft) {
  Allowances allowances(TenInAMinute());
  for (int64_t left = kCalls - 1; left >= 0; --left) {
    EXPECT_EQ(allowances.Spend(kSomebody, kStart).remaining, left);
  }
}

TEST(Allowances, LimitNothingWithoutAQuota) {
  Allowances allowances(TenInAMinute());
  EXPECT_EQ(AdmittedOf(allowances, 1000, kStart, {1, RateClass::kWrite}), 1000);
  EXPECT_EQ(allowances.size(), 0);
}

TEST(Allowances, TellWhatWasSpentOnce) {
  Allowances allowances(TenInAMinute());
  AdmittedOf(allowances, 3, kStart);
  AdmittedOf(allowances, 1, kStart, kSomebodyElse);
  const auto spent = allowances.TakeSpendings();
  ASSERT_EQ(spent.size(), 2);
  EXPECT_EQ(spent[0].key, kSomebody);
  EXPECT_EQ(spent[0].time, absl::Seconds(18));
  EXPECT_EQ(spent[1].time, absl::Seconds(6));
  EXPECT_TRUE(allowances.TakeSpendings().empty());
}

TEST(Allowances, CountWhatTheOthersAdmitted) {
  Allowances allowances(TenInAMinute());
  AdmittedOf(allowances, 2, kStart);
  allowances.TakeSpendings();
  // One more while the exchange is under way.
  AdmittedOf(allowances, 1, kStart);
  allowances.Learn(kSomebody, absl::Seconds(42), kStart);
  EXPECT_EQ(AdmittedOf(allowances, 10, kStart), 2);
}

TEST(Allowances, HaveTheirDebtPaid) {
  Allowances allowances(TenInAMinute());
  AdmittedOf(allowances, 10, kStart);
  allowances.TakeSpendings();
  allowances.Learn(kSomebody, absl::Minutes(2), kStart);
  EXPECT_EQ(AdmittedOf(allowances, 5, kStart + absl::Minutes(1)), 0);
  EXPECT_EQ(AdmittedOf(allowances, 5, kStart + absl::Seconds(66)), 1);
}

TEST(Allowances, KeepWhatCouldNotBeTold) {
  Allowances allowances(TenInAMinute());
  AdmittedOf(allowances, 3, kStart);
  allowances.GiveBack(allowances.TakeSpendings(), kStart);
  AdmittedOf(allowances, 1, kStart);
  const auto spent = allowances.TakeSpendings();
  ASSERT_EQ(spent.size(), 1);
  EXPECT_EQ(spent[0].time, absl::Seconds(24));
  // Nobody has to know of what is given back long since.
  allowances.GiveBack(spent, kStart + absl::Hours(1));
  EXPECT_TRUE(allowances.TakeSpendings().empty());
}

TEST(Allowances, AreForgottenOnceTheyAreWhole) {
  Allowances allowances(TenInAMinute());
  AdmittedOf(allowances, 3, kStart);
  allowances.Forget(kStart + absl::Hours(1));
  EXPECT_EQ(allowances.size(), 1) << "nobody was told yet";
  allowances.TakeSpendings();
  allowances.Forget(kStart + absl::Hours(1));
  EXPECT_EQ(allowances.size(), 1) << "the answer is still to come";
  allowances.Learn(kSomebody, absl::ZeroDuration(), kStart);
  allowances.Forget(kStart);
  EXPECT_EQ(allowances.size(), 0);
}

TEST(Allowances, AreBoundedInNumber) {
  constexpr size_t kCapacity = 160;
  Allowances allowances(TenInAMinute(), kCapacity);
  for (uint64_t i = 0; i < 10'000; ++i) {
    EXPECT_TRUE(allowances.Spend({absl::MakeUint128(i, i), RateClass::kRead}, kStart).admitted);
  }
  EXPECT_LE(allowances.size(), kCapacity);
  EXPECT_EQ(allowances.unlimited(), 10'000 - allowances.size());
}

TEST(Allowances, HoldUnderManyThreads) {
  Allowances allowances(TenInAMinute());
  std::atomic<int> admitted = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] { admitted += AdmittedOf(allowances, 1000, kStart); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(admitted, kCalls);
  EXPECT_EQ(allowances.TakeSpendings()[0].time, absl::Minutes(1));
}

// What the header promises of several replicas, over a long time and in the worst way to call.
TEST(Allowances, AdmitNoMoreThanTheyPromiseAcrossReplicas) {
  constexpr int kReplicas = 3;
  constexpr absl::Duration kInterval = absl::Milliseconds(200);
  std::vector<std::unique_ptr<Allowances>> replicas;
  for (int r = 0; r < kReplicas; ++r) {
    replicas.push_back(std::make_unique<Allowances>(TenInAMinute()));
  }
  absl::Time whole_at = kStart;
  int admitted = 0;
  const absl::Duration run = absl::Minutes(30);
  for (absl::Time now = kStart; now < kStart + run; now += kInterval) {
    for (const auto& replica : replicas) admitted += AdmittedOf(*replica, 20, now);
    for (const auto& replica : replicas) {
      for (const Spending& spending : replica->TakeSpendings()) {
        whole_at = std::max(whole_at, now) + spending.time;
        replica->Learn(spending.key, whole_at - now, now);
      }
    }
  }
  const double fair = kCalls * absl::FDivDuration(run, absl::Minutes(1));
  EXPECT_LE(admitted, fair + kReplicas * kCalls + kReplicas);
  EXPECT_GE(admitted, fair);
}

}  // namespace
}  // namespace dm::gateway
