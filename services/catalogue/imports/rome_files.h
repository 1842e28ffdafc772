#pragma once

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/catalogue/imports/rome_release.h"
#include "services/catalogue/imports/source_table.h"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace dm::catalogue {

// The 29 files of the official ROME 4.0 export.
enum class RomeFile : size_t {
  // Needed.
  kSectors,
  kInterests,
  kProfessions,
  kRiasec,
  kTexts,
  kAppellations,
  kSectorLinks,
  kInterestLinks,
  // Read in groups that are whole or not read at all.
  kGrandDomains,
  kDomains,
  kProfessionDomains,
  kSubSectors,
  kMobility,
  kSkills,
  kKnowledge,
  kWorkContexts,
  kSkillRiasec,
  kSkillTree,
  kProfessionItems,
  kThemes,
  kThemeLinks,
  kNafSectors,
  kNafLinks,
  // Say once more what others say.
  kItems,
  kLinks,
  kTitleTree,
  kSheetBlocks,
  kSheetSections,
  kReferenceKinds,
};
constexpr size_t kRomeFiles = 29;

// The files of an upload by what they are.
class RomeFiles {
 public:
  // Refused: a file that cannot be opened, a needed one missing, one twice there, one with columns
  // missing, files of ROME 3 or of more than one version.
  static absl::StatusOr<RomeFiles> Sort(const std::vector<SourceFile>& files);

  bool Has(RomeFile file) const { return table(file).has_value(); }
  // Hands the rows to `read` one after the other, until one is refused; nothing when the file is no
  // part of the upload. Refused: a file without rows, but the one that has none.
  absl::Status ForEach(RomeFile file, absl::FunctionRef<absl::Status(const SourceTable&)> read);
  // 0 when the file is no part of the upload.
  int64_t rows(RomeFile file) const { return Has(file) ? table(file)->rows() : 0; }
  // For warnings; the file is part of the upload.
  const std::string& name(RomeFile file) const { return table(file)->name(); }

  // Its version is empty when no file tells.
  const RomeRelease& release() const { return release_; }
  std::vector<std::string>& warnings() { return warnings_; }

 private:
  absl::Status Place(SourceTable table);
  absl::Status CheckVersions();
  absl::Status CheckComplete();

  std::optional<SourceTable>& table(RomeFile file) { return tables_[static_cast<size_t>(file)]; }
  const std::optional<SourceTable>& table(RomeFile file) const {
    return tables_[static_cast<size_t>(file)];
  }

  std::array<std::optional<SourceTable>, kRomeFiles> tables_;
  RomeVersions versions_;
  RomeRelease release_;
  std::vector<std::string> warnings_;
};

}  // namespace dm::catalogue
