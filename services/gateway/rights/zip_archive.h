#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include <string>
#include <vector>

namespace dm::gateway {

struct ArchivedFile {
  // In the archive, without a folder.
  std::string name;
  std::string content;
};

// A ZIP archive of these files, made in memory, all dated `now`. INTERNAL when libzip cannot.
absl::StatusOr<std::string> ZipOf(const std::vector<ArchivedFile>& files, absl::Time now);

}  // namespace dm::gateway
