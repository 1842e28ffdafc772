#include "services/booking/domain/school_calendar.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dm::booking {
namespace {

using absl::CivilDay;

SchoolHoliday Holiday(const std::string& zone, const std::string& name, CivilDay first,
                      CivilDay last, const std::string& population = "-") {
  return {zone, name, population, first, last};
}

std::string NameOn(const SchoolCalendar& calendar, CivilDay day, Level level = Level::kTroisieme,
                   const std::string& zone = "B") {
  const SchoolHoliday* const holiday = calendar.HolidayOn(zone, level, day);
  return holiday != nullptr ? holiday->name : "";
}

TEST(SchoolCalendarTest, FindsAHolidayFromItsFirstDayToItsLast) {
  const SchoolCalendar calendar(
      {Holiday("B", "Toussaint", CivilDay(2026, 10, 17), CivilDay(2026, 11, 1)),
       Holiday("B", "Noël", CivilDay(2026, 12, 19), CivilDay(2027, 1, 3))});
  EXPECT_EQ(NameOn(calendar, CivilDay(2026, 10, 16)), "");
  EXPECT_EQ(NameOn(calendar, CivilDay(2026, 10, 17)), "Toussaint");
  EXPECT_EQ(NameOn(calendar, CivilDay(2026, 11, 1)), "Toussaint");
  EXPECT_EQ(NameOn(calendar, CivilDay(2026, 11, 2)), "");
  EXPECT_EQ(NameOn(calendar, CivilDay(2027, 1, 1)), "Noël");
  EXPECT_EQ(NameOn(calendar, CivilDay(2026, 10, 20), Level::kTroisieme, "A"), "");
  EXPECT_EQ(calendar.HolidayOn("B", Level::kTroisieme, CivilDay(2026, 10, 20))->days(), 16);
}

TEST(SchoolCalendarTest, HasTheLongerOfTwoThatOverlap) {
  const SchoolCalendar calendar(
      {Holiday("B", "Début des Vacances d'Été", CivilDay(2027, 7, 3), CivilDay(2027, 7, 3)),
       Holiday("B", "Vacances d'Été", CivilDay(2027, 7, 3), CivilDay(2027, 8, 31))});
  EXPECT_EQ(NameOn(calendar, CivilDay(2027, 7, 3)), "Vacances d'Été");
}

TEST(SchoolCalendarTest, LeavesOutWhatIsNotForThesePupils) {
  const SchoolCalendar calendar(
      {Holiday("B", "d'enseignants", CivilDay(2026, 7, 1), CivilDay(2026, 7, 3), "Enseignants"),
       Holiday("B", "d'écoliers", CivilDay(2026, 9, 1), CivilDay(2026, 9, 3),
               "Élèves du premier degré"),
       Holiday("B", "de collégiens", CivilDay(2026, 10, 1), CivilDay(2026, 10, 3),
               "Élèves des collèges"),
       Holiday("B", "de lycéens", CivilDay(2026, 11, 1), CivilDay(2026, 11, 3),
               "Élèves des lycées"),
       Holiday("B", "d'élèves", CivilDay(2026, 12, 1), CivilDay(2026, 12, 3), "Élèves"),
       Holiday("B", "d'inconnus", CivilDay(2027, 1, 5), CivilDay(2027, 1, 6),
               "Élèves des conservatoires")});
  for (const Level level : {Level::kQuatrieme, Level::kTroisieme}) {
    EXPECT_EQ(NameOn(calendar, CivilDay(2026, 10, 2), level), "de collégiens");
    EXPECT_EQ(NameOn(calendar, CivilDay(2026, 11, 2), level), "");
  }
  for (const Level level : {Level::kSeconde, Level::kLycee, Level::kApprentice}) {
    EXPECT_EQ(NameOn(calendar, CivilDay(2026, 10, 2), level), "");
    EXPECT_EQ(NameOn(calendar, CivilDay(2026, 11, 2), level), "de lycéens");
  }
  EXPECT_EQ(NameOn(calendar, CivilDay(2026, 7, 2)), "");
  EXPECT_EQ(NameOn(calendar, CivilDay(2026, 9, 2)), "");
  EXPECT_EQ(NameOn(calendar, CivilDay(2026, 12, 2)), "d'élèves");
  EXPECT_EQ(NameOn(calendar, CivilDay(2027, 1, 5)), "");
}

TEST(SchoolCalendarTest, KnowsTheSchoolYearsInWhichItHasHolidays) {
  const SchoolCalendar calendar(
      {Holiday("B", "Toussaint", CivilDay(2026, 10, 17), CivilDay(2026, 11, 1))});
  EXPECT_FALSE(calendar.Knows("B", CivilDay(2026, 8, 31)));
  EXPECT_TRUE(calendar.Knows("B", CivilDay(2026, 9, 1)));
  EXPECT_TRUE(calendar.Knows("B", CivilDay(2027, 8, 31)));
  EXPECT_FALSE(calendar.Knows("B", CivilDay(2027, 9, 1)));
  EXPECT_FALSE(calendar.Knows("A", CivilDay(2026, 10, 20)));
  EXPECT_FALSE(SchoolCalendar().Knows("B", CivilDay(2026, 10, 20)));
  EXPECT_TRUE(SchoolCalendar().empty());
}

TEST(SchoolCalendarTest, TellsPopulationsThatItHasNeverMet) {
  EXPECT_TRUE(PupilsOf("Enseignants").known);
  EXPECT_FALSE(PupilsOf("Enseignants").of_college || PupilsOf("Enseignants").of_lycee);
  EXPECT_FALSE(PupilsOf("Élèves des conservatoires").known);
}

}  // namespace
}  // namespace dm::booking
