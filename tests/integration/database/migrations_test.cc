#include "common/database/migrations.h"

#include "absl/strings/str_cat.h"
#include "common/database/database.h"
#include "tests/support/postgres.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace dm::database {
namespace {

using ::testing::HasSubstr;

absl::Time Soon() { return absl::Now() + absl::Seconds(30); }

const MigrationSet kShelves = {{"0001_shelves", "CREATE TABLE shelves (id bigint PRIMARY KEY);"},
                               {"0002_width",
                                "ALTER TABLE shelves ADD COLUMN width int;"
                                "INSERT INTO shelves (id, width) VALUES (1, 80);"}};
const MigrationSet kBooks = {{"0001_books", "CREATE TABLE books (shelf bigint);"}};

class MigrationsTest : public ::testing::Test {
 protected:
  int64_t Number(const char* sql) {
    const Statement statement{sql, sql};
    const auto rows = database_->Query(Soon(), statement);
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.ok() ? (*rows)[0][0].as<int64_t>() : -1;
  }

  void ExpectRefused(const std::vector<MigrationSeries>& series, const std::string& why) {
    for (const absl::Status& status :
         {Migrate(*database_, series), CheckSchema(*database_, series)}) {
      EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
      EXPECT_THAT(std::string(status.message()), HasSubstr(why));
    }
  }

  testing::TestDatabase test_ = testing::TestDatabase::Create();
  std::unique_ptr<Database> database_ = test_.OpenAsOwner("booking");
  const std::vector<MigrationSeries> series_ = {{"shelves", &kShelves}, {"books", &kBooks}};
};

TEST_F(MigrationsTest, BringsAnEmptySchemaUpToDateOnce) {
  EXPECT_THAT(std::string(CheckSchema(*database_, series_).message()), HasSubstr("--migrate"));
  for (int run = 0; run < 2; ++run) {
    const absl::Status status = Migrate(*database_, series_);
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_TRUE(CheckSchema(*database_, series_).ok());
    EXPECT_EQ(Number("SELECT count(*) FROM shelves"), 1);
    EXPECT_EQ(Number("SELECT count(*) FROM schema_migrations"), 3);
  }
}

TEST_F(MigrationsTest, AppliesWhatANewerProgramAdds) {
  const MigrationSet first = {kShelves[0]};
  ASSERT_TRUE(Migrate(*database_, {{"shelves", &first}}).ok());
  EXPECT_THAT(std::string(CheckSchema(*database_, {{"shelves", &kShelves}}).message()),
              HasSubstr("shelves/0002_width is not applied"));
  ASSERT_TRUE(Migrate(*database_, {{"shelves", &kShelves}}).ok());
  EXPECT_EQ(Number("SELECT width FROM shelves"), 80);
}

TEST_F(MigrationsTest, RefusesASchemaThatContradictsTheProgram) {
  ASSERT_TRUE(Migrate(*database_, series_).ok());
  const MigrationSet changed = {kShelves[0], {"0002_width", "SELECT 1"}};
  ExpectRefused({{"shelves", &changed}, {"books", &kBooks}}, "shelves/0002_width was changed");
  const MigrationSet gap = {{"0003_depth", "ALTER TABLE shelves ADD depth int"}};
  ExpectRefused({{"shelves", &gap}, {"books", &kBooks}}, "0001_shelves is not known");
  const MigrationSet squeezed = {{"0000_late", "SELECT 1"}, kShelves[0], kShelves[1]};
  ExpectRefused({{"shelves", &squeezed}, {"books", &kBooks}}, "lower number");
}

TEST_F(MigrationsTest, AFileThatFailsLeavesNothingAndKeepsTheFilesBeforeIt) {
  const MigrationSet broken = {kShelves[0],
                               {"0002_broken", "CREATE TABLE half (id int); SELECT 1 / 0;"}};
  EXPECT_FALSE(Migrate(*database_, {{"shelves", &broken}}).ok());
  EXPECT_EQ(Number("SELECT count(*) FROM schema_migrations"), 1);
  EXPECT_EQ(Number("SELECT count(*) FROM pg_tables WHERE tablename = 'half'"), 0);
}

TEST_F(MigrationsTest, RefusesAFileThatCommits) {
  const MigrationSet commits = {{"0001_commits", "CREATE TABLE a (id int); COMMIT; BEGIN;"}};
  const absl::Status status = Migrate(*database_, {{"x", &commits}});
  EXPECT_THAT(std::string(status.message()), HasSubstr("ended its transaction"));
}

TEST_F(MigrationsTest, RunnersTakeTurns) {
  MigrationSet many;
  std::vector<std::string> texts;
  for (int i = 0; i < 10; ++i) {
    texts.push_back(absl::StrCat("m", i));
    texts.push_back(absl::StrCat("CREATE TABLE m", i, " (id int);"));
  }
  for (size_t i = 0; i < texts.size(); i += 2) many.push_back({texts[i], texts[i + 1]});
  std::vector<std::thread> runners;
  for (int i = 0; i < 4; ++i) {
    runners.emplace_back([&] {
      const auto own = test_.OpenAsOwner("booking");
      const absl::Status status = Migrate(*own, {{"many", &many}});
      EXPECT_TRUE(status.ok()) << status;
    });
  }
  for (std::thread& runner : runners) runner.join();
  EXPECT_EQ(Number("SELECT count(*) FROM schema_migrations"), 10);
}

// Its replicas may start again while the next version's migrations are there and its programs are
// not.
TEST_F(MigrationsTest, AProgramStartsOnTheNextVersionsSchemaUnlessThatBreaksIt) {
  const MigrationSet next = {
      kShelves[0], kShelves[1], {"0003_depth", "ALTER TABLE shelves ADD d int"}};
  ASSERT_TRUE(Migrate(*database_, {{"shelves", &next}, {"books", &kBooks}}).ok());
  EXPECT_TRUE(CheckSchema(*database_, series_).ok());
  EXPECT_TRUE(CheckSchema(*database_, {{"shelves", &kShelves}}).ok()) << "a whole series is new";
  EXPECT_THAT(std::string(Migrate(*database_, series_).message()),
              HasSubstr("shelves/0003_depth is not known"));

  const MigrationSet breaking = {
      next[0], next[1], next[2], {"0004_width_breaking", "ALTER TABLE shelves DROP width"}};
  ASSERT_TRUE(Migrate(*database_, {{"shelves", &breaking}, {"books", &kBooks}}).ok());
  EXPECT_THAT(std::string(CheckSchema(*database_, series_).message()),
              HasSubstr("shelves/0004_width_breaking is not known"));

  const MigrationSet other = {kShelves[0], {"0009_other", "SELECT 1"}};
  const absl::Status between = CheckSchema(*database_, {{"shelves", &other}, {"books", &kBooks}});
  EXPECT_FALSE(between.ok());
}

TEST_F(MigrationsTest, SchemasDoNotSeeEachOther) {
  ASSERT_TRUE(Migrate(*database_, series_).ok());
  const auto other = test_.OpenAs("notification");
  EXPECT_FALSE(CheckSchema(*other, series_).ok());
  const auto denied = other->Query(Soon(), {"peek", "SELECT count(*) FROM booking.shelves"});
  EXPECT_EQ(denied.status().code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(denied.status().message()), HasSubstr("42501"));
}

}  // namespace
}  // namespace dm::database
