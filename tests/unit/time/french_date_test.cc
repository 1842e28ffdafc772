#include "common/time/french_date.h"

#include "common/time/clock.h"

#include <gtest/gtest.h>

namespace dm {
namespace {

absl::Time Paris(int year, int month, int day, int hour, int minute = 0) {
  return absl::FromCivil(absl::CivilSecond(year, month, day, hour, minute), ParisTimeZone());
}

TEST(FrenchMomentTest, IsWrittenAsPeopleSayIt) {
  struct Case {
    absl::Time time;
    const char* words;
  };
  const Case cases[] = {
      {Paris(2026, 12, 7, 9), "lundi 7 décembre 2026 à 9 h"},
      {Paris(2026, 12, 1, 14, 30), "mardi 1er décembre 2026 à 14 h 30"},
      {Paris(2027, 2, 10, 8, 5), "mercredi 10 février 2027 à 8 h 05"},
      {Paris(2027, 8, 19, 0), "jeudi 19 août 2027 à 0 h"},
      {Paris(2027, 1, 1, 23, 59), "vendredi 1er janvier 2027 à 23 h 59"},
      {Paris(2027, 5, 15, 12), "samedi 15 mai 2027 à 12 h"},
      {Paris(2028, 2, 29, 10), "mardi 29 février 2028 à 10 h"},
      {Paris(2027, 3, 28, 10), "dimanche 28 mars 2027 à 10 h"},
  };
  for (const Case& c : cases) EXPECT_EQ(FrenchMoment(c.time), c.words);
}

TEST(FrenchMomentTest, IsLocalToParisInWinterAndSummer) {
  EXPECT_EQ(FrenchMoment(absl::FromCivil(absl::CivilSecond(2026, 12, 6, 23), absl::UTCTimeZone())),
            "lundi 7 décembre 2026 à 0 h");
  EXPECT_EQ(FrenchMoment(absl::FromCivil(absl::CivilSecond(2026, 7, 6, 12), absl::UTCTimeZone())),
            "lundi 6 juillet 2026 à 14 h");
}

TEST(FrenchDayTest, IsADayInWords) {
  EXPECT_EQ(FrenchDay(absl::CivilDay(2027, 8, 31)), "mardi 31 août 2027");
  EXPECT_EQ(FrenchDay(absl::CivilDay(2026, 12, 1)), "mardi 1er décembre 2026");
}

TEST(FrenchDateTest, BeginsAMonthWithItsFirst) {
  EXPECT_EQ(FrenchDate(absl::CivilDay(2011, 3, 1)), "1er mars 2011");
  EXPECT_EQ(FrenchDate(absl::CivilDay(2011, 3, 11)), "11 mars 2011");
}

TEST(FrenchHourTest, LeavesOutMinutesThatAreNone) {
  EXPECT_EQ(FrenchHour(9 * 60), "9 h");
  EXPECT_EQ(FrenchHour(7 * 60 + 5), "7 h 05");
  EXPECT_EQ(FrenchHour(0), "0 h");
}

TEST(FrenchPeriodTest, NamesTheDayOnceWhereItIsOneDay) {
  EXPECT_EQ(FrenchPeriod(Paris(2026, 12, 7, 9), Paris(2026, 12, 7, 10, 30)),
            "lundi 7 décembre 2026, de 9 h à 10 h 30");
  EXPECT_EQ(FrenchPeriod(Paris(2026, 12, 7, 9), Paris(2026, 12, 9, 17)),
            "du lundi 7 décembre 2026 à 9 h au mercredi 9 décembre 2026 à 17 h");
}

}  // namespace
}  // namespace dm
