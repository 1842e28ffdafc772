#include "common/database/deadline_watch.h"

#include "tests/support/postgres.h"

#include <gtest/gtest.h>
#include <pqxx/pqxx>

namespace dm::database {
namespace {

using testing::TestDatabase;

// What a cancellation meets first may end otherwise, or be between two statements: so it is not the
// only one.
TEST(DeadlineWatchTest, CancelsUntilTheOwnerHasFinished) {
  const TestDatabase test = TestDatabase::Create();
  pqxx::connection link(test.AdminConnectionString());
  DeadlineWatch watch;
  DeadlineWatch::Guard guard(&watch, &link, absl::Now());
  for (int statement = 0; statement < 2; ++statement) {
    pqxx::nontransaction alone(link);
    EXPECT_THROW(alone.exec("SELECT pg_sleep(20)"), pqxx::sql_error) << statement;
  }
  EXPECT_TRUE(guard.Finish());
}

TEST(DeadlineWatchTest, LeavesAloneWhatEndsInTime) {
  const TestDatabase test = TestDatabase::Create();
  pqxx::connection link(test.AdminConnectionString());
  DeadlineWatch watch;
  DeadlineWatch::Guard guard(&watch, &link, absl::Now() + absl::Minutes(1));
  pqxx::nontransaction(link).exec("SELECT pg_sleep(0.01)");
  EXPECT_FALSE(guard.Finish());
}

}  // namespace
}  // namespace dm::database
