#include "absl/synchronization/notification.h"
#include "common/database/database.h"
#include "common/errors/error.h"
#include "tests/support/postgres.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace dm::database {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr Statement kCreate{"create", R"sql(
    CREATE TABLE things (
      id bigint CONSTRAINT things_key PRIMARY KEY,
      parent bigint CONSTRAINT things_parent REFERENCES things,
      size bigint NOT NULL DEFAULT 1 CONSTRAINT things_size_positive CHECK (size > 0),
      CONSTRAINT things_no_overlap EXCLUDE USING gist (int8range(id, id + size) WITH &&)))sql"};
constexpr Statement kAdd{"add", "INSERT INTO things (id) VALUES ($1)"};
constexpr Statement kAddSized{"add_sized",
                              "INSERT INTO things (id, size, parent) VALUES ($1, $2, $3)"};
constexpr Statement kCount{"count", "SELECT count(*) FROM things"};
constexpr Statement kSleep{"sleep", "SELECT pg_sleep($1)"};

absl::Time Soon() { return absl::Now() + absl::Seconds(30); }

class TransactionTest : public ::testing::Test {
 protected:
  TransactionTest() {
    test_.AllowCreate("booking");
    const absl::Status made = database_->Write(Soon(), [](Transaction& transaction) {
      transaction.Exec(kCreate);
      return absl::OkStatus();
    });
    EXPECT_TRUE(made.ok()) << made;
  }

  absl::Status Add(int64_t id, int64_t size = 1, std::optional<int64_t> parent = std::nullopt) {
    return database_->Write(Soon(), [&](Transaction& transaction) {
      transaction.Exec(kAddSized, id, size, parent);
      return absl::OkStatus();
    });
  }

  int64_t Count() {
    const auto rows = database_->Query(Soon(), kCount);
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.ok() ? (*rows)[0][0].as<int64_t>() : -1;
  }

  testing::TestDatabase test_ = testing::TestDatabase::Create();
  std::unique_ptr<Database> database_ = test_.OpenAs("booking");
};

TEST_F(TransactionTest, CommitsWhatReturnsOkAndRollsBackWhatDoesNot) {
  const absl::StatusOr<int> ok = database_->Write(Soon(), [](Transaction& transaction) {
    transaction.Exec(kAdd, 1);
    return absl::StatusOr<int>(7);
  });
  ASSERT_TRUE(ok.ok()) << ok.status();
  EXPECT_EQ(*ok, 7);
  const absl::Status refused = database_->Write(Soon(), [](Transaction& transaction) {
    transaction.Exec(kAdd, 2);
    return absl::AbortedError("no");
  });
  EXPECT_EQ(refused, absl::AbortedError("no"));
  EXPECT_EQ(Count(), 1);
}

TEST_F(TransactionTest, ReadSeesOneSnapshotAndMayNotWrite) {
  const absl::Status read = database_->Read(Soon(), [&](Transaction& transaction) {
    EXPECT_EQ(transaction.Exec(kCount)[0][0].as<int>(), 0);
    EXPECT_TRUE(Add(5).ok());
    EXPECT_EQ(transaction.Exec(kCount)[0][0].as<int>(), 0);
    return absl::OkStatus();
  });
  EXPECT_TRUE(read.ok()) << read;
  const absl::Status written = database_->Read(Soon(), [&](Transaction& transaction) {
    transaction.Exec(kAdd, 6);
    return absl::OkStatus();
  });
  EXPECT_FALSE(written.ok());
  EXPECT_EQ(Count(), 1);
}

TEST_F(TransactionTest, NamesTheViolatedConstraint) {
  ASSERT_TRUE(Add(1).ok());
  struct Case {
    absl::Status status;
    absl::StatusCode code;
    std::string constraint;
  };
  const std::vector<Case> cases = {
      {Add(1), absl::StatusCode::kAlreadyExists, "things_key"},
      {Add(3, 0), absl::StatusCode::kFailedPrecondition, "things_size_positive"},
      {Add(3, 1, 99), absl::StatusCode::kFailedPrecondition, "things_parent"},
      {Add(0, 5), absl::StatusCode::kFailedPrecondition, "things_no_overlap"},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(one.status.code(), one.code) << one.status;
    EXPECT_EQ(ViolatedConstraint(one.status), one.constraint);
  }
  EXPECT_EQ(ViolatedConstraint(absl::AbortedError("x")), "");
}

TEST_F(TransactionTest, KeepsTextOfTheDatabaseOutOfTheStatus) {
  constexpr Statement kConvert{"convert", "SELECT $1::text::bigint"};
  const auto result = database_->Query(Soon(), kConvert, "secret@example.org");
  EXPECT_EQ(result.status().code(), absl::StatusCode::kInternal);
  EXPECT_THAT(result.status().ToString(), Not(HasSubstr("secret")));
  EXPECT_THAT(std::string(result.status().message()), HasSubstr("22P02"));
  EXPECT_THAT(std::string(result.status().message()), HasSubstr("convert"));
}

TEST_F(TransactionTest, AWrongStatementIsADefectWhoseCauseTheLogCanName) {
  constexpr Statement kWrong{"wrong", "SELECT nothing_like_that FROM things"};
  const auto result = database_->Query(Soon(), kWrong);
  EXPECT_EQ(result.status().code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(result.status().message()), Not(HasSubstr("nothing_like_that")));
  EXPECT_THAT(result.status().ToString(), HasSubstr("nothing_like_that"));
}

TEST_F(TransactionTest, EndsAStatementWithTheDeadline) {
  for (const bool single : {true, false}) {
    const absl::Time start = absl::Now();
    const absl::Time deadline = start + absl::Milliseconds(150);
    const absl::Status status = single ? database_->Query(deadline, kSleep, 30).status()
                                       : database_->Write(deadline, [](Transaction& transaction) {
                                           transaction.Exec(kSleep, 30);
                                           return absl::OkStatus();
                                         });
    EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded) << status;
    EXPECT_LT(absl::Now() - start, absl::Seconds(10));
  }
  // Nobody else pays for it.
  EXPECT_EQ(Count(), 0);
}

TEST_F(TransactionTest, RunsNothingAfterTheDeadline) {
  bool ran = false;
  const absl::Status status = database_->Write(absl::Now() - absl::Seconds(1), [&](Transaction&) {
    ran = true;
    return absl::OkStatus();
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_FALSE(ran);
}

TEST_F(TransactionTest, AFailureThatTheBodySwallowsIsNotCommittedInSilence) {
  const absl::Status status = database_->Write(Soon(), [](Transaction& transaction) {
    transaction.Exec(kAdd, 1);
    try {
      transaction.Exec(kAdd, 1);
    } catch (const pqxx::unique_violation&) {
    }
    return absl::OkStatus();
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_EQ(Count(), 0);
}

TEST_F(TransactionTest, AnExceptionOfTheBodyBecomesAStatus) {
  const absl::Status status =
      database_->Write(Soon(), [](Transaction& transaction) -> absl::Status {
        transaction.Exec(kAdd, 1);
        throw std::runtime_error("secret");
      });
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(status.ToString(), Not(HasSubstr("secret")));
  EXPECT_EQ(Count(), 0);
}

TEST_F(TransactionTest, RetriesADeadlock) {
  ASSERT_TRUE(Add(1).ok());
  ASSERT_TRUE(Add(5).ok());
  constexpr Statement kTouch{"touch", "UPDATE things SET parent = NULL WHERE id = $1"};
  // Each takes its first row before either asks for its second.
  absl::Notification first_holds;
  absl::Notification second_holds;
  std::atomic<int> runs = 0;
  const auto cross = [&](int64_t mine, int64_t other, absl::Notification& held,
                         absl::Notification& other_held) {
    bool first_run = true;
    return database_->Write(Soon(), [&, first_run](Transaction& transaction) mutable {
      ++runs;
      transaction.Exec(kTouch, mine);
      if (first_run) {
        if (!held.HasBeenNotified()) held.Notify();
        other_held.WaitForNotificationWithTimeout(absl::Seconds(20));
      }
      first_run = false;
      transaction.Exec(kTouch, other);
      return absl::OkStatus();
    });
  };
  absl::Status one;
  std::thread thread([&] { one = cross(1, 5, first_holds, second_holds); });
  const absl::Status two = cross(5, 1, second_holds, first_holds);
  thread.join();
  EXPECT_TRUE(one.ok()) << one;
  EXPECT_TRUE(two.ok()) << two;
  EXPECT_GE(runs, 3);
  EXPECT_GE(database_->counters().retried, 1u);
}

TEST_F(TransactionTest, GivesUpARaceThatItKeepsLosing) {
  constexpr Statement kLose{"lose", "DO $$ BEGIN RAISE SQLSTATE '40001'; END $$"};
  int runs = 0;
  const absl::Status status = database_->Write(Soon(), [&](Transaction& transaction) {
    ++runs;
    transaction.Exec(kLose);
    return absl::OkStatus();
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(runs, 5);
}

}  // namespace
}  // namespace dm::database
