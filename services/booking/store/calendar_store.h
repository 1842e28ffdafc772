#pragma once

#include "common/database/database.h"
#include "services/booking/domain/school_calendar.h"

#include <cstdint>
#include <vector>

// The school calendar's rows. These run inside a transaction and throw as Transaction::Exec does.
namespace dm::booking {

struct CalendarChanges {
  int64_t added = 0;
  // Holidays whose end moved, or that are in the list again.
  int64_t changed = 0;
  // Holidays of a zone and year that the list speaks of, and that it no longer names.
  int64_t vanished = 0;

  bool any() const { return added + changed + vanished > 0; }
};

// Makes the list the truth about its zones and school years. No holiday is in it twice. Two at once
// follow one another; the version is raised when something changed.
CalendarChanges PutCalendar(database::Transaction& transaction,
                            const std::vector<ListedHoliday>& holidays);

int64_t ReadCalendarVersion(database::Transaction& transaction);

// Every holiday that is not obsolete.
std::vector<SchoolHoliday> ReadCalendarHolidays(database::Transaction& transaction);

}  // namespace dm::booking
