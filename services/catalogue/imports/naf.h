#pragma once

#include "absl/status/statusor.h"
#include "services/catalogue/imports/source_table.h"

#include <cstdint>
#include <string>
#include <vector>

namespace dm::catalogue {

// A code of INSEE's nomenclature of activities.
struct NafRow {
  Origin origin;
  std::string code;
  std::string label;
  // 1 section to 5 sub-class.
  int level = 0;
  // Empty at the top.
  std::string parent;
};

struct NafList {
  // Parents first.
  std::vector<NafRow> codes;
  // Rows of the file, which has all five levels in each.
  int64_t rows = 0;
};

// One file of five levels. Refused: a code that stands under two parents or has two labels, and one
// that does not begin as its parent does.
absl::StatusOr<NafList> ParseNaf(const std::vector<SourceFile>& files, absl::string_view kind,
                                 std::vector<std::string>* warnings);

}  // namespace dm::catalogue
