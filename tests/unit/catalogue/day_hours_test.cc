#include "services/catalogue/domain/day_hours.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dm::catalogue {
namespace {

TEST(DayHoursTest, AreReadAsTheyWereWritten) {
  const std::vector<DayHours> hours = {{1, absl::Hours(9), absl::Hours(17), 60},
                                       {5, absl::Minutes(8 * 60 + 5), absl::Hours(24), 0}};
  EXPECT_EQ(DayHoursText(hours), "1,09:00,17:00,60;5,08:05,24:00,0");
  EXPECT_EQ(ParseDayHours(DayHoursText(hours)), hours);
  EXPECT_EQ(DayHoursText({}), "");
}

TEST(DayHoursTest, LeavesOutWhatIsOfAnotherForm) {
  for (const char* text : {"", ";", "1,09:00,17:00", "x,09:00,17:00,0", "1,9h,17:00,0",
                           "1,09:00,17:00:00,0", "1,09:00,17:00,x"}) {
    EXPECT_THAT(ParseDayHours(text), testing::IsEmpty()) << text;
  }
}

}  // namespace
}  // namespace dm::catalogue
