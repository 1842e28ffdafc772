#include "services/catalogue/imports/rome_export.h"

#include "absl/strings/str_cat.h"
#include "services/catalogue/imports/rome_files.h"
#include "services/catalogue/imports/rome_rows.h"

#include <utility>

namespace dm::catalogue {

absl::StatusOr<RomeExport> ParseRome(const std::vector<SourceFile>& files) {
  auto sorted = RomeFiles::Sort(files);
  if (!sorted.ok()) return sorted.status();
  RomeExport rome;
  rome.release = sorted->release();
  if (!rome.release.version.empty()) {
    rome.version = absl::StrCat("ROME 4.0 version ", rome.release.version);
  }
  rome.warnings = std::move(sorted->warnings());
  CodePlaces professions;
  if (absl::Status status = ReadProfessions(*sorted, &rome, &professions); !status.ok()) {
    return status;
  }
  if (absl::Status status = ReadLists(*sorted, professions, &rome); !status.ok()) return status;
  if (absl::Status status = ReadSkills(*sorted, professions, &rome); !status.ok()) return status;
  if (absl::Status status = CheckRepetitions(*sorted, &rome); !status.ok()) return status;
  return rome;
}

}  // namespace dm::catalogue
