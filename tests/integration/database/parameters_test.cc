#include "common/database/database.h"
#include "common/database/migrations.h"
#include "tests/support/postgres.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace dm::database {

extern const MigrationSet kDatabaseMigrations;

namespace {

using ::testing::ElementsAreArray;

absl::Time Soon() { return absl::Now() + absl::Seconds(30); }

class ParametersTest : public ::testing::Test {
 protected:
  template <typename... Args>
  pqxx::result Query(const Statement& statement, const Args&... args) {
    auto result = database_->Query(Soon(), statement, args...);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *result : pqxx::result();
  }

  testing::TestDatabase test_ = testing::TestDatabase::Create();
  std::unique_ptr<Database> database_ = test_.OpenAs("booking", 1);
};

TEST_F(ParametersTest, ScalarsArriveAsTheyWere) {
  constexpr Statement kAll{"all", "SELECT $1::text, $2::bigint, $3::float8, $4::boolean, $5::text"};
  const pqxx::result rows =
      Query(kAll, std::string("l'été \\ \"x\""), std::numeric_limits<int64_t>::min(), 0.1, true,
            std::optional<std::string>());
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0][0].as<std::string>(), "l'été \\ \"x\"");
  EXPECT_EQ(rows[0][1].as<int64_t>(), std::numeric_limits<int64_t>::min());
  EXPECT_EQ(rows[0][2].as<double>(), 0.1);
  EXPECT_TRUE(rows[0][3].as<bool>());
  EXPECT_TRUE(rows[0][4].is_null());
}

TEST_F(ParametersTest, ArraysArriveAsTheyWere) {
  const std::vector<std::string> texts = {"",      "NULL", "a,b", "{}",
                                          "\"q\"", "\\",   "é",   "two\nlines"};
  constexpr Statement kTexts{"texts", "SELECT unnest($1::text[])"};
  std::vector<std::string> got;
  for (const pqxx::row& row : Query(kTexts, texts)) got.push_back(row[0].as<std::string>());
  EXPECT_THAT(got, ElementsAreArray(texts));

  constexpr Statement kMixed{
      "mixed",
      "SELECT cardinality($1::text[]), ($1::text[])[1], ($1::text[])[2], $2::bigint[]::text, "
      "$3::float8[]::text, $4::boolean[]::text, $5::int[]::text"};
  const pqxx::result rows =
      Query(kMixed, std::vector<std::optional<std::string>>{std::nullopt, "x"},
            std::vector<int64_t>{std::numeric_limits<int64_t>::max(), -1},
            std::vector<double>{0.5, -2}, std::vector<bool>{true, false}, std::vector<int>{});
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0][0].as<int>(), 2);
  EXPECT_TRUE(rows[0][1].is_null());
  EXPECT_EQ(rows[0][2].as<std::string>(), "x");
  EXPECT_EQ(rows[0][3].as<std::string>(), "{9223372036854775807,-1}");
  EXPECT_EQ(rows[0][4].as<std::string>(), "{0.5,-2}");
  EXPECT_EQ(rows[0][5].as<std::string>(), "{t,f}");
  EXPECT_EQ(rows[0][6].as<std::string>(), "{}");
}

TEST_F(ParametersTest, BytesArriveAsTheyWere) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
  constexpr Statement kBytes{"bytes", "SELECT $1::bytea, length($1::bytea), NULL::bytea"};
  const pqxx::result rows = Query(kBytes, ToBytea(bytes));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(FromBytea(rows[0][0]), bytes);
  EXPECT_EQ(rows[0][1].as<int>(), 256);
  EXPECT_EQ(FromBytea(rows[0][2]), "");
}

TEST_F(ParametersTest, TimesAreExactInEveryTimeZone) {
  const absl::Status migrated =
      Migrate(*test_.OpenAsOwner("booking"), {{"database", &kDatabaseMigrations}});
  ASSERT_TRUE(migrated.ok()) << migrated;
  const std::vector<absl::Time> times = {
      absl::UnixEpoch(), FromMicros(1), FromMicros(-1), FromMicros(1'774'746'000'123'457),
      FromMicros(4'102'444'799'999'999), FromMicros(-2'208'988'800'000'000),
      // Both sides of the hour that Paris has twice.
      absl::FromCivil(absl::CivilSecond(2026, 10, 25, 0, 30, 0), absl::UTCTimeZone()),
      absl::FromCivil(absl::CivilSecond(2026, 10, 25, 1, 30, 0), absl::UTCTimeZone())};
  constexpr Statement kThere{"there",
                             "SELECT dm_micros(dm_time($1)), "
                             "dm_time($1) = timestamptz 'epoch' + $1 * interval '1 microsecond'"};
  for (const char* zone : {"UTC", "Europe/Paris", "Asia/Kathmandu"}) {
    const absl::Status status = database_->Read(Soon(), [&](Transaction& transaction) {
      transaction.raw().exec(absl::StrCat("SET LOCAL timezone = '", zone, "'"));
      for (const absl::Time time : times) {
        const pqxx::result rows = transaction.Exec(kThere, ToMicros(time));
        EXPECT_EQ(FromMicros(rows[0][0].as<int64_t>()), time);
        EXPECT_TRUE(rows[0][1].as<bool>()) << time;
      }
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
  }
}

}  // namespace
}  // namespace dm::database
