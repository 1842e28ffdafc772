#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include <string>

namespace dm::gateway::cli {

// A file that has its name only once it is whole and on the disk; until then what stood under that
// name stays. Errors carry a French message. Not thread-safe.
class OutputFile {
 public:
  // Begins it beside its place. FAILED_PRECONDITION for a place that holds something other than a
  // file, UNAVAILABLE when nothing can be made there.
  static absl::StatusOr<OutputFile> Create(const std::string& path);
  // Takes away what was not committed.
  ~OutputFile();
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  OutputFile(const OutputFile&) = delete;

  absl::Status Write(absl::string_view bytes);
  absl::Status Commit();

 private:
  OutputFile(std::string path, std::string partial, int descriptor);

  std::string path_;
  std::string partial_;
  int descriptor_;
};

// A whole file at once.
absl::Status ReplaceFile(const std::string& path, absl::string_view content);

}  // namespace dm::gateway::cli
