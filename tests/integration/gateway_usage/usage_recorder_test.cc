// What replicas count of partners' use, and write down together.
#include "services/gateway/usage/usage_recorder.h"

#include "absl/strings/str_cat.h"
#include "tests/integration/gateway_usage/usage_world.h"

#include <atomic>
#include <functional>
#include <thread>

namespace dm::gateway {
namespace {

using UsageRecorderTest = UsageTest;

// Adds to another ledger, or not, and says what a test wants to hear.
class UncertainLedger final : public UsageLedger {
 public:
  explicit UncertainLedger(UsageLedger* ledger) : ledger_(ledger) {}

  enum class Mishap { kNone, kNotSent, kAnswerLost };
  Mishap mishap = Mishap::kNone;

  absl::Status Add(const UsageBatch& batch, absl::Time deadline) override {
    if (mishap == Mishap::kNotSent) return absl::UnavailableError("away");
    absl::Status status = ledger_->Add(batch, deadline);
    if (mishap == Mishap::kAnswerLost) status = absl::UnavailableError("no answer");
    return status;
  }
  absl::Status Forget(absl::CivilDay first_kept, absl::Time deadline) override {
    return ledger_->Forget(first_kept, deadline);
  }

 private:
  UsageLedger* const ledger_;
};

void WaitUntil(const std::function<bool()>& holds) {
  const absl::Time deadline = absl::Now() + kPatience;
  while (!holds()) {
    ASSERT_LT(absl::Now(), deadline);
    absl::SleepFor(absl::Milliseconds(5));
  }
}

UsageBatch BatchOf(const std::string& writer, int64_t number, absl::CivilDay day) {
  UsageBatch batch{.writer = writer, .number = number, .day = day};
  batch.counted.counts.push_back({.partner = "chambre",
                                  .day = day,
                                  .method = kGetOffer.substr(1),
                                  .calls = {1, 2, 3, 4},
                                  .events = 5});
  batch.counted.departments["chambre"] = {"14", "61"};
  return batch;
}

constexpr char kWriter[] = "0190be7c-0000-7000-8000-000000000001";
constexpr absl::CivilDay kToday(2026, 11, 30);

TEST_F(UsageRecorderTest, ReplicasAddUp) {
  Replica first(&store_, &clock_);
  Replica second(&store_, &clock_);
  first.Call("chambre", 3);
  first.Call("chambre", 2, absl::StatusCode::kResourceExhausted);
  second.Call("chambre", 4);
  second.Call("chambre", 1, absl::StatusCode::kNotFound);
  second.Call("chambre", 1, absl::StatusCode::kInternal);
  second.Call("autre", 5);
  second.usage().CountEvents(PartnerCaller("chambre"), kListEvents, 9);
  ASSERT_TRUE(first.Flush());
  ASSERT_TRUE(second.Flush());
  first.Call("chambre", 1);
  ASSERT_TRUE(first.Flush());
  EXPECT_EQ(Number("SELECT count(*) FROM partner_usage WHERE partner = 'chambre' AND "
                   "day = '2026-11-30' AND method = "
                   "'destinationmetier.catalogue.v1.CatalogueService/GetOffer' AND "
                   "(ok, limited, client_errors, server_errors, events) = (8, 2, 1, 1, 0)"),
            1);
  EXPECT_EQ(Number("SELECT events FROM partner_usage WHERE method LIKE '%/ListEvents'"), 9);
  EXPECT_EQ(Number("SELECT ok FROM partner_usage WHERE partner = 'autre'"), 5);
  EXPECT_EQ(Number("SELECT count(*) FROM partner_usage"), 3);
}

TEST_F(UsageRecorderTest, ReplicasThatWriteTheSameKeysAtOnceLoseAndRepeatNothing) {
  constexpr int kReplicas = 4;
  constexpr int kRounds = 20;
  constexpr int kPartners = 30;
  std::vector<std::unique_ptr<Replica>> replicas;
  for (int i = 0; i < kReplicas; ++i) {
    replicas.push_back(std::make_unique<Replica>(&store_, &clock_));
  }
  std::vector<std::thread> threads;
  for (const auto& replica : replicas) {
    threads.emplace_back([&replica] {
      for (int round = 0; round < kRounds; ++round) {
        for (int i = 0; i < kPartners; ++i) replica->Call(absl::StrCat("partenaire-", i));
        EXPECT_TRUE(replica->Flush());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(CallsWritten(), int64_t{kReplicas} * kRounds * kPartners);
  EXPECT_EQ(Number("SELECT min(ok) FROM partner_usage"), int64_t{kReplicas} * kRounds);
}

TEST_F(UsageRecorderTest, WhatCouldNotBeWrittenIsWrittenLaterAndOnce) {
  using Mishap = UncertainLedger::Mishap;
  UncertainLedger ledger(&store_);
  Replica replica(&ledger, &clock_);
  int64_t called = 0;
  const auto call = [&](int calls) {
    replica.Call("chambre", calls);
    called += calls;
  };
  for (const Mishap mishap : {Mishap::kNotSent, Mishap::kAnswerLost}) {
    ledger.mishap = mishap;
    call(3);
    EXPECT_FALSE(replica.Flush());
    // Counted meanwhile, behind a batch that stays what it was.
    call(4);
    EXPECT_FALSE(replica.Flush());
    EXPECT_FALSE(replica.Flush());
    ledger.mishap = Mishap::kNone;
    EXPECT_TRUE(replica.Flush());
    EXPECT_EQ(CallsWritten(), called) << "after mishap " << static_cast<int>(mishap);
    EXPECT_TRUE(replica.Flush());
    EXPECT_EQ(CallsWritten(), called);
  }
}

TEST_F(UsageRecorderTest, ABatchThatComesTwiceAtOnceIsAddedOnce) {
  constexpr int kBatches = 30;
  for (int number = 1; number <= kBatches; ++number) {
    const UsageBatch batch = BatchOf(kWriter, number, kToday);
    const auto add = [&] {
      const absl::Status status = store_.Add(batch, absl::Now() + kPatience);
      EXPECT_TRUE(status.ok()) << status;
    };
    std::thread other(add);
    add();
    other.join();
  }
  EXPECT_EQ(Number("SELECT ok FROM partner_usage"), kBatches);
  EXPECT_EQ(Number("SELECT events FROM partner_usage"), 5 * kBatches);
}

TEST_F(UsageRecorderTest, ALostConnectionLosesAndRepeatsNothing) {
  Replica replica(&store_, &clock_);
  int64_t called = 0;
  for (int round = 0; round < 10; ++round) {
    replica.Call("chambre", 2);
    called += 2;
    std::thread killer([this] { test_database_.KillBackends(); });
    (void)replica.Flush();
    killer.join();
  }
  WaitUntil([&] { return replica.Flush(); });
  EXPECT_EQ(CallsWritten(), called);
}

TEST_F(UsageRecorderTest, WhoGoesWritesTheRestDown) {
  {
    Replica replica(&store_, &clock_);
    replica.Call("chambre", 6);
  }
  EXPECT_EQ(CallsWritten(), 6);
}

TEST_F(UsageRecorderTest, StartedItWritesAndForgetsByItself) {
  ASSERT_TRUE(
      store_.Add(BatchOf(kWriter, 1, absl::CivilDay(2025, 9, 30)), absl::InfiniteFuture()).ok());
  PartnerUsage usage(&clock_);
  UsageRecorder recorder({.interval = absl::Milliseconds(10)}, &usage, &store_, &clock_);
  recorder.Start();
  usage.CountCall(PartnerCaller("chambre"), kGetOffer, absl::StatusCode::kOk);
  WaitUntil([&] {
    return Number("SELECT coalesce(sum(ok), 0) FROM partner_usage WHERE day = '2026-11-30'") == 1;
  });
  WaitUntil(
      [&] { return Number("SELECT count(*) FROM partner_usage WHERE day < '2026-11-30'") == 0; });
}

TEST_F(UsageRecorderTest, ThePresentMonthAndThirteenBeforeAreKept) {
  int64_t number = 0;
  for (const absl::CivilDay day : {absl::CivilDay(2024, 11, 30), absl::CivilDay(2025, 9, 30),
                                   absl::CivilDay(2025, 10, 1), kToday}) {
    UsageBatch batch = BatchOf(absl::StrCat("0190be7c-0000-7000-8000-00000000000", ++number),
                               /*number=*/1, day);
    const std::string partner = absl::StrCat("chambre-", number);
    batch.counted.counts[0].partner = partner;
    batch.counted.departments.clear();
    batch.counted.departments[partner] = {"61"};
    ASSERT_TRUE(store_.Add(batch, absl::Now() + kPatience).ok());
  }
  Replica replica(&store_, &clock_);
  ASSERT_TRUE(replica.recorder().Forget().ok());
  for (const char* table : {"partner_usage", "partners", "usage_writers"}) {
    EXPECT_EQ(Number(absl::StrCat("SELECT count(*) FROM ", table)), 2) << table;
  }
  EXPECT_EQ(Number("SELECT count(*) FROM partner_usage WHERE day = '2025-10-01'"), 1);
  // One day later it is another month.
  clock_.Set(clock_.Now() + absl::Hours(24));
  ASSERT_TRUE(replica.recorder().Forget().ok());
  EXPECT_EQ(Number("SELECT count(*) FROM partner_usage"), 1);
}

TEST_F(UsageRecorderTest, WhereAPartnerWorksIsWrittenWhenItChangesOrOnceADay) {
  const auto version = [this] { return Number("SELECT xmin::text::bigint FROM partners"); };
  const auto departments = [this] {
    return Number("SELECT array_to_string(departments, '')::bigint FROM partners");
  };
  Replica replica(&store_, &clock_);
  const auto call = [&](std::vector<std::string> territory) {
    replica.usage().CountCall(PartnerCaller("chambre", std::move(territory)), kGetOffer,
                              absl::StatusCode::kOk);
    ASSERT_TRUE(replica.Flush());
  };
  call({"61"});
  EXPECT_EQ(departments(), 61);
  const int64_t first = version();
  call({"61"});
  EXPECT_EQ(version(), first) << "or every batch leaves a dead row";
  call({"14", "61"});
  EXPECT_EQ(departments(), 1461);
  const int64_t second = version();
  EXPECT_NE(second, first);
  call({"61"});
  EXPECT_EQ(departments(), 1461) << "another of its systems is there still";
  EXPECT_EQ(version(), second);
  clock_.Set(clock_.Now() + absl::Hours(24));
  call({"61"});
  EXPECT_NE(version(), second);
  EXPECT_EQ(Number("SELECT count(*) FROM partners WHERE last_day = '2026-12-01'"), 1);
}

}  // namespace
}  // namespace dm::gateway
