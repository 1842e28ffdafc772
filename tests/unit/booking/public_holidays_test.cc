#include "services/booking/domain/public_holidays.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/time/clock.h"
#include "tests/support/reference_files.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace dm::booking {
namespace {

using absl::CivilDay;

constexpr char kReference[] = "calendar/jours_feries_metropole_2026-05.csv";

TEST(EasterSundayTest, FallsWhereTheChurchesPutIt) {
  const std::vector<CivilDay> sundays = {
      // The earliest and the latest that there can be.
      CivilDay(1818, 3, 22), CivilDay(1943, 4, 25), CivilDay(2008, 3, 23), CivilDay(2011, 4, 24),
      CivilDay(2024, 3, 31), CivilDay(2025, 4, 20), CivilDay(2026, 4, 5), CivilDay(2027, 3, 28),
      CivilDay(2028, 4, 16), CivilDay(2038, 4, 25),
      // Where the plain rule would be a week late.
      CivilDay(1954, 4, 18), CivilDay(1981, 4, 19), CivilDay(2049, 4, 18), CivilDay(2076, 4, 19)};
  for (const CivilDay sunday : sundays) {
    EXPECT_EQ(EasterSunday(static_cast<int>(sunday.year())), sunday);
  }
}

TEST(PublicHolidayTest, NamesTheDay) {
  EXPECT_EQ(PublicHolidayOn(CivilDay(2026, 4, 6)), "Lundi de Pâques");
  EXPECT_EQ(PublicHolidayOn(CivilDay(2026, 5, 14)), "Ascension");
  EXPECT_EQ(PublicHolidayOn(CivilDay(2026, 5, 25)), "Lundi de Pentecôte");
  EXPECT_EQ(PublicHolidayOn(CivilDay(2026, 12, 25)), "Jour de Noël");
  // Two holidays on one day are one day off.
  EXPECT_EQ(PublicHolidayOn(CivilDay(2008, 5, 1)), "1er mai");
}

TEST(PublicHolidayTest, IsNoneOnOtherDays) {
  // Easter Sunday itself, and what only Alsace and Moselle have.
  for (const CivilDay day : {CivilDay(2026, 4, 5), CivilDay(2026, 4, 3), CivilDay(2026, 12, 26),
                             CivilDay(2024, 2, 29), CivilDay(2026, 5, 24)}) {
    EXPECT_EQ(PublicHolidayOn(day), std::nullopt) << day;
  }
}

// Both ways: every day of the file is a holiday, and every holiday of its years is in the file.
TEST(PublicHolidayTest, AgreesWithTheOfficialFile) {
  if (!testing::HasReference(kReference)) GTEST_SKIP() << "without the reference files";
  std::map<CivilDay, std::string> official;
  std::ifstream file(testing::ReferencePath(kReference));
  std::string line;
  std::getline(file, line);
  ASSERT_EQ(line, "date,annee,zone,nom_jour_ferie");
  int rows = 0;
  for (; std::getline(file, line); ++rows) {
    const std::vector<std::string> cells = absl::StrSplit(line, ',');
    ASSERT_EQ(cells.size(), 4u) << line;
    const auto day = ParseCivilDay(cells[0]);
    ASSERT_TRUE(day.ok()) << line;
    // A day that has two names is in the file twice.
    std::string& names = official[*day];
    names = absl::StrCat(names, "/", cells[3]);
  }
  EXPECT_EQ(rows, 286);
  const CivilDay first(official.begin()->first.year(), 1, 1);
  const CivilDay last(official.rbegin()->first.year(), 12, 31);
  EXPECT_EQ(first.year(), 2006);
  EXPECT_EQ(last.year(), 2031);
  for (CivilDay day = first; day <= last; ++day) {
    const auto holiday = PublicHolidayOn(day);
    const auto listed = official.find(day);
    EXPECT_EQ(holiday.has_value(), listed != official.end()) << day;
    if (!holiday.has_value() || listed == official.end()) continue;
    const std::string name = absl::StrCat("/", *holiday);
    EXPECT_NE(listed->second.find(name), std::string::npos) << day << " " << listed->second;
  }
}

}  // namespace
}  // namespace dm::booking
