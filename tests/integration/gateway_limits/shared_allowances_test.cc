#include "services/gateway/limits/shared_allowances.h"

#include "common/database/migrations.h"
#include "services/gateway/store/rate_limit_store.h"
#include "tests/support/postgres.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace dm::database {
extern const MigrationSet kDatabaseMigrations;
extern const MigrationSet kGatewayMigrations;
}  // namespace dm::database

namespace dm::gateway {
namespace {

using rpc::RateClass;

// As often as tests like: by hand.
const SharedAllowances::Options kByHand{.interval = absl::Hours(1)};
constexpr int kCalls = 100;

Quotas HundredInADay() {
  Quotas quotas;
  quotas[static_cast<size_t>(RateClass::kWrite)] = {kCalls, absl::Hours(24)};
  return quotas;
}

AllowanceKey Caller(uint64_t number) {
  return {absl::MakeUint128(0xfeedfacecafebeef, number), RateClass::kWrite};
}

// One replica of the gateway, as far as limits go.
class Replica {
 public:
  explicit Replica(SpendingLedger* ledger)
      : shared_(kByHand, &allowances_, ledger, &Clock::System()) {}

  int AdmittedOf(int calls, uint64_t caller = 1) {
    int admitted = 0;
    for (int i = 0; i < calls; ++i) {
      admitted += allowances_.Spend(Caller(caller), Clock::System().Now()).admitted ? 1 : 0;
    }
    return admitted;
  }
  bool Exchange() { return shared_.Exchange(); }

 private:
  Allowances allowances_{HundredInADay()};
  SharedAllowances shared_;
};

class SharedLimits : public ::testing::Test {
 protected:
  SharedLimits() {
    const auto status = database::Migrate(
        *test_database_.OpenAsOwner("gateway"),
        {{"database", &database::kDatabaseMigrations}, {"gateway", &database::kGatewayMigrations}});
    EXPECT_TRUE(status.ok()) << status;
  }

  testing::TestDatabase test_database_ = testing::TestDatabase::Create();
  std::unique_ptr<database::Database> database_ = test_database_.OpenAs("gateway");
  RateLimitStore store_{database_.get()};
};

TEST_F(SharedLimits, AreOneAllowanceForAllReplicas) {
  Replica first(&store_);
  Replica second(&store_);
  EXPECT_EQ(first.AdmittedOf(60), 60);
  ASSERT_TRUE(first.Exchange());
  EXPECT_EQ(second.AdmittedOf(30), 30);
  ASSERT_TRUE(second.Exchange());
  // It knows now of the 60, and that 10 are left.
  EXPECT_EQ(second.AdmittedOf(60), 10);
  EXPECT_EQ(second.AdmittedOf(5, /*caller=*/2), 5) << "somebody else has an allowance of their own";
}

TEST_F(SharedLimits, AreOwedWhatWasAdmittedBeforeTheReplicasKnew) {
  Replica first(&store_);
  Replica second(&store_);
  EXPECT_EQ(first.AdmittedOf(150) + second.AdmittedOf(150), 2 * kCalls);
  ASSERT_TRUE(first.Exchange());
  ASSERT_TRUE(second.Exchange());
  ASSERT_TRUE(first.Exchange());
  EXPECT_EQ(first.AdmittedOf(10) + second.AdmittedOf(10), 0);
}

TEST_F(SharedLimits, HoldWithManyReplicasExchangingAtOnce) {
  constexpr int kReplicas = 6;
  std::vector<std::unique_ptr<Replica>> replicas;
  for (int r = 0; r < kReplicas; ++r) replicas.push_back(std::make_unique<Replica>(&store_));
  std::vector<std::thread> threads;
  for (const auto& replica : replicas) {
    threads.emplace_back([&replica] {
      for (uint64_t round = 0; round < 40; ++round) {
        // Many keys in every exchange, which other replicas write in the same order.
        for (uint64_t caller = 1; caller <= 50; ++caller) replica->AdmittedOf(1, caller);
        EXPECT_TRUE(replica->Exchange());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& replica : replicas) {
    for (uint64_t caller = 1; caller <= 50; ++caller) {
      EXPECT_LE(replica->AdmittedOf(1, caller), 1);
      replica->Exchange();
      EXPECT_EQ(replica->AdmittedOf(kCalls, caller), 0);
    }
  }
}

TEST_F(SharedLimits, AreEachReplicasOwnWhileTheDatabaseIsAway) {
  class Away final : public SpendingLedger {
   public:
    absl::StatusOr<std::vector<Balance>> Charge(const std::vector<Spending>&, absl::Time) override {
      return absl::UnavailableError("away");
    }
    absl::Status Forget(absl::Time) override { return absl::UnavailableError("away"); }
  } away;
  Replica alone(&away);
  EXPECT_EQ(alone.AdmittedOf(60), 60);
  EXPECT_FALSE(alone.Exchange());
  EXPECT_EQ(alone.AdmittedOf(60), 40);
}

TEST_F(SharedLimits, SurviveALostConnection) {
  Replica first(&store_);
  Replica second(&store_);
  first.AdmittedOf(60);
  ASSERT_TRUE(first.Exchange());
  test_database_.KillBackends();
  second.AdmittedOf(1);
  while (!second.Exchange()) std::this_thread::yield();
  EXPECT_EQ(second.AdmittedOf(100), 39);
}

TEST_F(SharedLimits, LeaveNothingBehindOfAWholeAllowance) {
  const std::vector<Spending> nothing = {{Caller(1), -absl::Hours(1)}, {Caller(2), absl::Hours(1)}};
  ASSERT_TRUE(store_.Charge(nothing, absl::InfiniteFuture()).ok());
  ASSERT_TRUE(store_.Forget(absl::InfiniteFuture()).ok());
  constexpr database::Statement kCount{"count", "SELECT count(*) FROM rate_limits"};
  const auto rows = database_->Query(absl::InfiniteFuture(), kCount);
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ((*rows)[0][0].as<int>(), 1);
}

}  // namespace
}  // namespace dm::gateway
