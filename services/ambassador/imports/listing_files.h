#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/file_upload.h"
#include "services/ambassador/domain/ambassador.h"

#include <string>
#include <vector>

namespace dm::ambassador::imports {

// Where a row stands, for messages.
struct Origin {
  std::string file;
  int line = 0;
};

// What the files of an upload say; `…_origins[i]` is where row i stands. Every row is well formed
// and none occurs twice; whether a meeting's ambassador exists is not known here.
struct Listing {
  std::vector<Ambassador> ambassadors;
  std::vector<Origin> ambassador_origins;
  std::vector<Session> sessions;
  std::vector<Origin> session_origins;
  // French.
  std::vector<std::string> warnings;
};

// Reads the files that README.md describes. IMPORT_REFUSED for the first mistake.
absl::StatusOr<Listing> ReadListing(const std::vector<rpc::UploadedFile>& files);

}  // namespace dm::ambassador::imports
