#include "services/booking/imports/public_holiday_file.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/booking/imports/calendar_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace dm::booking {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kList[] =
    "date,annee,zone,nom_jour_ferie\r\n"
    "2026-04-06,2026,Métropole,Lundi de Pâques\r\n"
    "2026-04-03,2026,Alsace-Moselle,Vendredi saint\r\n"
    "2026-05-01,2026,Métropole,1er mai\r\n"
    "2026-05-08,2026,Métropole,8 mai\r\n"
    "2026-05-14,2026,Métropole,Ascension\r\n";

TEST(PublicHolidayFileTest, AListThatAgreesWithTheLawIsCountedAndKeepsNothing) {
  const auto list = ReadCalendar({{"feries.csv", kList}});
  ASSERT_TRUE(list.ok()) << list.status();
  EXPECT_EQ(list->rows, 5);
  EXPECT_THAT(list->holidays, IsEmpty());
  EXPECT_THAT(list->warnings, IsEmpty());
}

TEST(PublicHolidayFileTest, EachDayThatDiffersIsNamed) {
  const std::string other = absl::StrReplaceAll(kList, {{"2026-05-08", "2026-05-09"}});
  const auto list = ReadCalendar({{"feries.csv", absl::StrCat("\xEF\xBB\xBF", other)}});
  ASSERT_TRUE(list.ok()) << list.status();
  EXPECT_THAT(list->warnings,
              ElementsAre("feries.csv : le 08/05/2026 est férié selon la loi, pas selon la liste",
                          "feries.csv : le 09/05/2026 est férié selon la liste, pas selon la loi"));
}

TEST(PublicHolidayFileTest, ADamagedListIsRefusedWithItsLine) {
  struct Case {
    const char* from;
    const char* to;
  };
  for (const Case& damaged : {Case{"2026-05-01,", "2026-13-01,"}, Case{"05-01,2026", "05-01,2025"},
                              Case{",1er mai", ""}, Case{"1er mai", "\"1er mai"}}) {
    const auto list =
        ReadCalendar({{"feries.csv", absl::StrReplaceAll(kList, {{damaged.from, damaged.to}})}});
    EXPECT_THAT(std::string(list.status().message()), HasSubstr("feries.csv, line 4"))
        << damaged.to;
  }
}

}  // namespace
}  // namespace dm::booking
