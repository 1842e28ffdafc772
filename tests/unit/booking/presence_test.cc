#include "services/booking/domain/presence.h"

#include "common/time/clock.h"
#include "services/booking/domain/person.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace dm::booking {

void PrintTo(const PresenceDay& day, std::ostream* out) {
  *out << day.day << " " << day.start_minute << "-" << day.end_minute << "/" << day.break_minutes;
}

namespace {

using absl::CivilDay;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

absl::Time Paris(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%d%ET%H:%M", text, ParisTimeZone(), &time, &error)) << error;
  return time;
}

std::vector<PresenceDay> DaysOf(const std::string& start, const std::string& end) {
  return PresenceDaysOf(Paris(start), Paris(end));
}

PresenceDay Day(int day, int from_hour, int until_hour, int break_minutes = 0) {
  return {CivilDay(2026, 10, day), from_hour * 60, until_hour * 60, break_minutes};
}

TEST(PresenceDaysTest, OfOneDayAreFromStartToEnd) {
  EXPECT_THAT(DaysOf("2026-10-20T09:00", "2026-10-20T12:00"), ElementsAre(Day(20, 9, 12)));
}

TEST(PresenceDaysTest, OfAWeekGoFromMondayToFridayAtTheSameHours) {
  EXPECT_THAT(DaysOf("2026-10-19T09:00", "2026-10-23T17:00"),
              ElementsAre(Day(19, 9, 17, 60), Day(20, 9, 17, 60), Day(21, 9, 17, 60),
                          Day(22, 9, 17, 60), Day(23, 9, 17, 60)));
}

TEST(PresenceDaysTest, LeaveOutAWeekendThatIsInTheMiddle) {
  EXPECT_THAT(DaysOf("2026-10-22T09:00", "2026-10-26T12:00"),
              ElementsAre(Day(22, 9, 12), Day(23, 9, 12), Day(26, 9, 12)));
}

TEST(PresenceDaysTest, KeepASaturdayOrSundayThatIsTheFirstOrTheLast) {
  EXPECT_THAT(DaysOf("2026-10-22T09:00", "2026-10-24T12:00"),
              ElementsAre(Day(22, 9, 12), Day(23, 9, 12), Day(24, 9, 12)));
  EXPECT_THAT(DaysOf("2026-10-25T09:00", "2026-10-26T12:00"),
              ElementsAre(Day(25, 9, 12), Day(26, 9, 12)));
}

TEST(PresenceDaysTest, AssumeABreakInWhatIsLong) {
  struct Case {
    std::string end;
    int expected;
  };
  for (const auto& [end, expected] : std::vector<Case>{{"2026-10-20T13:30", 0},
                                                       {"2026-10-20T13:31", 30},
                                                       {"2026-10-20T15:00", 30},
                                                       {"2026-10-20T15:01", 60},
                                                       {"2026-10-20T19:00", 60}}) {
    EXPECT_EQ(DaysOf("2026-10-20T09:00", end).at(0).break_minutes, expected) << end;
  }
}

TEST(PresenceDaysTest, EndAtMidnightOnTheDayThatEnds) {
  EXPECT_THAT(DaysOf("2026-10-20T21:00", "2026-10-21T00:00"), ElementsAre(Day(20, 21, 24)));
}

TEST(PresenceDaysTest, GoThroughTheNightWhenTheEndIsEarlierInTheDayThanTheStart) {
  EXPECT_THAT(DaysOf("2026-10-20T22:00", "2026-10-21T06:00"),
              ElementsAre(Day(20, 22, 24), Day(21, 0, 6)));
  EXPECT_THAT(DaysOf("2026-10-20T14:00", "2026-10-22T12:00"),
              ElementsAre(Day(20, 14, 24), Day(21, 0, 24), Day(22, 0, 12)));
}

TEST(PresenceDaysTest, AreNoneWhenTheEndIsNotAfterTheStart) {
  EXPECT_THAT(DaysOf("2026-10-20T09:00", "2026-10-20T09:00"), IsEmpty());
  EXPECT_THAT(DaysOf("2026-10-20T09:00", "2026-10-19T17:00"), IsEmpty());
}

// The clock on the wall counts, not the hours that went by.
TEST(PresenceDaysTest, AreCivilDaysWhenTheClockChanges) {
  const auto winter = DaysOf("2026-10-23T09:00", "2026-10-26T17:00");
  EXPECT_THAT(winter, ElementsAre(Day(23, 9, 17, 60), Day(26, 9, 17, 60)));
  const auto summer = DaysOf("2027-03-27T22:00", "2027-03-28T06:00");
  EXPECT_THAT(summer, ElementsAre(PresenceDay{CivilDay(2027, 3, 27), 1320, 1440, 0},
                                  PresenceDay{CivilDay(2027, 3, 28), 0, 360, 0}));
  // 23 and 25 hours after midnight it is midnight again.
  EXPECT_EQ(ParisDayOf(StartOfParisDay(CivilDay(2027, 3, 28)) + absl::Hours(23)),
            CivilDay(2027, 3, 29));
  EXPECT_EQ(ParisDayOf(StartOfParisDay(CivilDay(2026, 10, 25)) + absl::Hours(24)),
            CivilDay(2026, 10, 25));
}

TEST(PresenceDaysTest, AreThoseOfParisAndNotOfGreenwich) {
  EXPECT_EQ(ParisDayOf(Paris("2026-03-03T00:00")), CivilDay(2026, 3, 3));
  EXPECT_EQ(ParisDayOf(Paris("2026-03-02T23:59")), CivilDay(2026, 3, 2));
}

TEST(WorkedMinutesTest, LeaveTheBreakOut) {
  EXPECT_EQ(WorkedMinutes(Day(20, 9, 17, 60)), 7 * 60);
  EXPECT_EQ(WorkedMinutes(Day(20, 9, 12)), 3 * 60);
}

TEST(AgeOnTest, ChangesOnTheBirthday) {
  const CivilDay born(2011, 10, 19);
  EXPECT_EQ(AgeOn(born, CivilDay(2026, 10, 18)), 14);
  EXPECT_EQ(AgeOn(born, CivilDay(2026, 10, 19)), 15);
  EXPECT_EQ(AgeOn(born, CivilDay(2026, 12, 31)), 15);
  EXPECT_EQ(AgeOn(born, CivilDay(2027, 1, 1)), 15);
  EXPECT_EQ(AgeOn(born, born), 0);
}

TEST(AgeOnTest, OfWhoIsBornOn29FebruaryChangesOn1MarchOfOtherYears) {
  const CivilDay born(2012, 2, 29);
  EXPECT_EQ(AgeOn(born, CivilDay(2027, 2, 28)), 14);
  EXPECT_EQ(AgeOn(born, CivilDay(2027, 3, 1)), 15);
  EXPECT_EQ(AgeOn(born, CivilDay(2028, 2, 28)), 15);
  EXPECT_EQ(AgeOn(born, CivilDay(2028, 2, 29)), 16);
}

}  // namespace
}  // namespace dm::booking
