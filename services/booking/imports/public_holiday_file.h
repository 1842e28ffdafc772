#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/file_upload.h"

#include <cstdint>
#include <string>
#include <vector>

namespace dm::booking {

// Whether a file's header is that of the official list of public holidays.
bool IsPublicHolidayFile(const rpc::UploadedFile& file);

// What the official list says of mainland France against what PublicHolidayOn calculates.
struct PublicHolidayCheck {
  int64_t rows = 0;
  // French, one for each day on which they differ.
  std::vector<std::string> differences;
};

// Compares, and keeps nothing: the law's days are calculated, and a list that differs tells that
// the law has changed. Years that the list begins or ends within count from its first to its last
// day. IMPORT_REFUSED with file and line for the first mistake.
absl::StatusOr<PublicHolidayCheck> CheckPublicHolidays(const rpc::UploadedFile& file);

}  // namespace dm::booking
