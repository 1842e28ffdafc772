#include "absl/synchronization/notification.h"
#include "common/database/database.h"
#include "tests/support/postgres.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace dm::database {
namespace {

using testing::PostgresCluster;
using testing::TestDatabase;

constexpr Statement kOne{"one", "SELECT 1"};
constexpr Statement kPid{"pid", "SELECT pg_backend_pid()"};
constexpr Statement kNumber{"number", "SELECT $1::bigint"};

absl::Time Soon() { return absl::Now() + absl::Seconds(30); }

TEST(PoolTest, OpensNothingBeforeItIsNeededAndNoMoreThanItsSize) {
  const TestDatabase test = TestDatabase::Create();
  const auto database = test.OpenAs("booking", 3);
  EXPECT_EQ(database->counters().opened, 0u);
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 12; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 20; ++n) {
        const absl::Status status = database->Write(Soon(), [&](Transaction& transaction) {
          const int now = ++inside;
          int seen = most;
          while (now > seen && !most.compare_exchange_weak(seen, now)) {
          }
          transaction.Exec(kOne);
          --inside;
          return absl::OkStatus();
        });
        EXPECT_TRUE(status.ok()) << status;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(most, 3);
  const PoolCounters counters = database->counters();
  EXPECT_LE(counters.opened, 3u);
  EXPECT_EQ(counters.in_use, 0);
  EXPECT_EQ(counters.waiting, 0);
}

TEST(PoolTest, AWaiterGoesAtItsDeadline) {
  const TestDatabase test = TestDatabase::Create();
  const auto database = test.OpenAs("booking", 1);
  const absl::Status outer = database->Write(Soon(), [&](Transaction&) {
    return database->Query(absl::Now() + absl::Milliseconds(50), kOne).status();
  });
  EXPECT_EQ(outer.code(), absl::StatusCode::kDeadlineExceeded);
}

TEST(PoolTest, ReplacesConnectionsThatWereKilledWithoutAnybodyNoticing) {
  const TestDatabase test = TestDatabase::Create();
  const auto database = test.OpenAs("booking", 4);
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(database->Query(Soon(), kOne).ok());
    test.KillBackends();
    const auto query = database->Query(Soon(), kOne);
    EXPECT_TRUE(query.ok()) << query.status();
    test.KillBackends();
    const absl::Status write = database->Write(Soon(), [](Transaction& transaction) {
      transaction.Exec(kOne);
      return absl::OkStatus();
    });
    EXPECT_TRUE(write.ok()) << write;
  }
  // A pooler replaces them by itself.
  EXPECT_EQ(database->counters().broken, PostgresCluster::Get().pooled() ? 0u : 6u);
}

TEST(PoolTest, AConnectionLostInTheMiddleStartsTheBodyAfresh) {
  const TestDatabase test = TestDatabase::Create();
  const auto database = test.OpenAs("booking", 2);
  int runs = 0;
  const absl::Status status = database->Write(Soon(), [&](Transaction& transaction) {
    transaction.Exec(kOne);
    if (++runs == 1) test.KillBackends();
    transaction.Exec(kOne);
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(runs, 2);
}

TEST(PoolTest, ALossDuringCommitIsReportedAndNotRepeated) {
  const TestDatabase test = TestDatabase::Create();
  const auto database = test.OpenAs("booking", 2);
  int runs = 0;
  const absl::Status status = database->Write(Soon(), [&](Transaction& transaction) {
    transaction.Exec(kOne);
    ++runs;
    test.KillBackends();
    return absl::OkStatus();
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_EQ(runs, 1);
}

TEST(PoolTest, IsUnavailableWhileTheServerIsDownAndComesBackByItself) {
  const TestDatabase test = TestDatabase::Create();
  const auto database = test.OpenAs("booking", 2);
  ASSERT_TRUE(database->Query(Soon(), kOne).ok());
  PostgresCluster::Get().StopImmediate();
  const auto down = database->Query(Soon(), kOne);
  EXPECT_EQ(down.status().code(), absl::StatusCode::kUnavailable) << down.status();
  PostgresCluster::Get().Start();
  absl::Status back = absl::UnknownError("");
  for (const absl::Time end = Soon(); !back.ok() && absl::Now() < end;) {
    back = database->Query(Soon(), kOne).status();
  }
  EXPECT_TRUE(back.ok()) << back;
}

TEST(PoolTest, WorksBehindAPoolerThatKeepsNoSession) {
  const TestDatabase test = TestDatabase::Create();
  auto database = Database::Open({.connection = test.ConnectionString("booking"),
                                  .schema = "booking",
                                  .pool_size = 1,
                                  .prepare_statements = false});
  ASSERT_TRUE(database.ok());
  constexpr Statement kPath{"path", "SELECT current_setting('search_path')"};
  constexpr Statement kPrepared{"prepared", "SELECT count(*) FROM pg_prepared_statements"};
  for (int i = 0; i < 2; ++i) {
    const auto path = (*database)->Query(Soon(), kPath);
    ASSERT_TRUE(path.ok()) << path.status();
    EXPECT_EQ((*path)[0][0].as<std::string>(), "booking, public");
    const auto number = (*database)->Query(Soon(), kNumber, 42);
    ASSERT_TRUE(number.ok()) << number.status();
    EXPECT_EQ((*number)[0][0].as<int>(), 42);
  }
  const auto prepared = (*database)->Query(Soon(), kPrepared);
  ASSERT_TRUE(prepared.ok());
  EXPECT_EQ((*prepared)[0][0].as<int>(), 0);
}

TEST(PoolTest, SurvivesAMigrationBesideIt) {
  const TestDatabase test = TestDatabase::Create();
  test.AllowCreate("booking");
  const auto database = test.OpenAs("booking", 1);
  constexpr Statement kMake{"make", "CREATE TABLE shapes (a int)"};
  constexpr Statement kWiden{"widen", "ALTER TABLE shapes ADD COLUMN b int"};
  constexpr Statement kAll{"all", "SELECT * FROM shapes"};
  const auto run = [&](const Statement& statement) {
    return database->Write(Soon(), [&](Transaction& transaction) {
      transaction.Exec(statement);
      return absl::OkStatus();
    });
  };
  ASSERT_TRUE(run(kMake).ok());
  ASSERT_TRUE(database->Query(Soon(), kAll).ok());
  ASSERT_TRUE(run(kWiden).ok());
  const auto widened = database->Query(Soon(), kAll);
  ASSERT_TRUE(widened.ok()) << widened.status();
  EXPECT_EQ(widened->columns(), 2u);
}

TEST(OpenTest, RefusesWhatItMustNotOrCannotUse) {
  const std::vector<Options> refused = {
      {.connection = "host=db password=secret", .schema = "booking"},
      {.connection = "postgresql://dm_booking:secret@db/x", .schema = "booking"},
      {.connection = "host=db sslpassword=secret", .schema = "booking"},
      {.connection = "no keyword at all", .schema = "booking"},
      {.connection = "host=db", .schema = "book; DROP TABLE x"},
      {.connection = "host=db", .schema = "booking", .pool_size = 0},
  };
  for (const Options& options : refused) {
    const auto database = Database::Open(options);
    EXPECT_EQ(database.status().code(), absl::StatusCode::kInvalidArgument) << options.connection;
    EXPECT_THAT(std::string(database.status().message()),
                ::testing::Not(::testing::HasSubstr("secret")));
  }
  EXPECT_TRUE(Database::Open({.connection = "postgresql://dm_booking@db/x"}).ok());
}

}  // namespace
}  // namespace dm::database
