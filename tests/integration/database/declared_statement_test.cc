// A single statement on somebody's behalf declares that itself. Nothing else of it changes.
#include "common/database/database.h"
#include "tests/support/postgres.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace dm::testing {
namespace {

using database::Access;
using database::Statement;
using ::testing::ElementsAre;

absl::Time Soon() { return absl::Now() + absl::Seconds(30); }

class DeclaredStatementTest : public ::testing::Test {
 protected:
  pqxx::result Ask(const Access& access, const Statement& statement) {
    const auto rows = database_->As(access)->Query(Soon(), statement);
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.value_or(pqxx::result());
  }

  const TestDatabase test_ = TestDatabase::Create();
  const std::unique_ptr<database::Database> database_ = test_.OpenAs("booking", 1);
};

TEST_F(DeclaredStatementTest, DeclaresForItselfAlone) {
  constexpr Statement kWho{"who", "SELECT coalesce(current_setting('dm.access', true), '') AS who"};
  for (const auto& [access, who] : std::vector<std::pair<Access, std::string>>{
           {Access::OfNobody(), ""},
           {Access::Of("people/ana"), "people/ana"},
           {Access::OfNobody(), ""},
           {Access::OfService(), "service"},
           {Access::Of("people/o'neil \\ $1"), "people/o'neil \\ $1"},
           {Access::OfNobody(), ""}}) {
    EXPECT_EQ(Ask(access, kWho)[0]["who"].as<std::string>(), who);
  }
}

TEST_F(DeclaredStatementTest, KeepsColumnsAndOrder) {
  constexpr Statement kTwice{
      "twice",
      "SELECT n AS twice, -n AS twice FROM generate_series(1, 3) AS n ORDER BY n DESC -- n"};
  for (const Access& access : {Access::OfNobody(), Access::OfService()}) {
    std::vector<std::string> rows;
    for (const pqxx::row& row : Ask(access, kTwice)) {
      rows.push_back(row[0].as<std::string>() + " " + row[1].as<std::string>());
    }
    EXPECT_THAT(rows, ElementsAre("3 -3", "2 -2", "1 -1"));
  }
}

TEST_F(DeclaredStatementTest, TakesParametersAsTheyAre) {
  constexpr Statement kEcho{"echo", "SELECT $1::text, $2::bigint, $3::text[], $4::text IS NULL"};
  for (const char* text : {"", "'", "\\'; DROP TABLE bookings; --", "$1 $$ é ‘ \n \t", "NULL"}) {
    const auto rows =
        database_->Query(Soon(), kEcho, text, int64_t{-7}, std::vector<std::string>{text, "b"},
                         std::optional<std::string>());
    ASSERT_TRUE(rows.ok()) << rows.status();
    EXPECT_EQ((*rows)[0][0].as<std::string>(), text);
    EXPECT_EQ((*rows)[0][1].as<int64_t>(), -7);
    EXPECT_TRUE((*rows)[0][3].as<bool>());
  }
}

}  // namespace
}  // namespace dm::testing
