#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

#include <map>
#include <optional>
#include <string>

namespace dm::catalogue {

// What version.txt says of an export.
struct RomeRelease {
  // "58".
  std::string version;
  std::optional<absl::CivilDay> published;
  std::optional<absl::CivilDay> validated;
  std::string title;
};

// Absent when the content is not that of a version.txt.
std::optional<RomeRelease> ParseRomeRelease(const std::string& content);

// The versions that the files of an upload say they are of. The publisher writes version 58 of ROME
// 4.0 as "_v458_" into the names of the files and as 58 into version.txt.
class RomeVersions {
 public:
  // Refused: a file of ROME 3, known by its name.
  absl::Status AddFile(const std::string& name);
  absl::Status AddRelease(const std::string& name, const RomeRelease& release);

  // Refused: files of more than one version.
  absl::Status Check() const;
  // "58"; empty when no file tells.
  std::string version() const;

  // The refusal of a file of ROME 3 that its columns give away.
  static absl::Status RefuseOldRome(const std::string& name);

 private:
  // The first file of each version.
  std::map<int, std::string> files_;
};

}  // namespace dm::catalogue
