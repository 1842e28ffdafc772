#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/file_upload.h"
#include "services/booking/domain/school_calendar.h"

#include <cstdint>
#include <string>
#include <vector>

namespace dm::booking {

// Where a row stands, for messages.
struct RowOrigin {
  std::string file;
  int line = 0;
};

// What the files of an upload say; `origins[i]` is where holiday i stands. None occurs twice.
struct CalendarList {
  std::vector<ListedHoliday> holidays;
  std::vector<RowOrigin> origins;
  // Rows in the files, those that say the same again among them.
  int64_t rows = 0;
  // French, at most a few dozen.
  std::vector<std::string> warnings;
};

// Reads the files that README.md describes. IMPORT_REFUSED for the first mistake.
absl::StatusOr<CalendarList> ReadCalendar(const std::vector<rpc::UploadedFile>& files);

}  // namespace dm::booking
