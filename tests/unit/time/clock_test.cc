#include "common/time/clock.h"

#include "common/text/uuid.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace dm {
namespace {

TEST(ParseCivilDayTest, ReadsDaysThatExistAndNothingElse) {
  EXPECT_EQ(*ParseCivilDay("2026-12-07"), absl::CivilDay(2026, 12, 7));
  EXPECT_EQ(*ParseCivilDay("2028-02-29"), absl::CivilDay(2028, 2, 29));
  for (const char* text : {"", "2026-02-29", "2026-13-01", "2026-00-10", "2026-4-1", "26-12-07",
                           "2026-12-07T09:00", " 2026-12-07", "2026-12-32", "demain"}) {
    EXPECT_FALSE(ParseCivilDay(text).ok()) << text;
  }
}

TEST(StartOfParisDayTest, FollowsSummerTime) {
  const auto hours = [](absl::CivilDay day) {
    return absl::ToDoubleHours(StartOfParisDay(day + 1) - StartOfParisDay(day));
  };
  EXPECT_EQ(hours(absl::CivilDay(2026, 3, 29)), 23);
  EXPECT_EQ(hours(absl::CivilDay(2026, 10, 25)), 25);
  EXPECT_EQ(hours(absl::CivilDay(2026, 12, 7)), 24);
  EXPECT_EQ(StartOfParisDay(absl::CivilDay(2026, 7, 1)),
            absl::FromCivil(absl::CivilSecond(2026, 6, 30, 22), absl::UTCTimeZone()));
}

TEST(UuidTest, IsOfVersion7NewEachTimeAndSortsByTime) {
  const absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(NewUuid(now));
  EXPECT_EQ(ids.size(), 1000u);
  for (const std::string& id : ids) {
    EXPECT_TRUE(IsUuid(id)) << id;
    EXPECT_EQ(id[14], '7') << id;
    EXPECT_LT(id, NewUuid(now + absl::Milliseconds(1)));
  }
  for (const char* text :
       {"", "0190", "019b8dd0-7000-7000-8000-00000000000g", "019b8dd07000700080000000000000001111",
        "019b8dd0-7000-7000-8000-0000000000000"}) {
    EXPECT_FALSE(IsUuid(text)) << text;
  }
}

}  // namespace
}  // namespace dm
