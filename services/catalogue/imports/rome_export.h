#pragma once

#include "absl/status/statusor.h"
#include "services/catalogue/imports/rome_release.h"
#include "services/catalogue/imports/source_table.h"

#include <cstdint>
#include <string>
#include <vector>

namespace dm::catalogue {

struct LabelRow {
  std::string code;
  std::string label;
};

struct ProfessionRow {
  std::string rome_code;
  std::string title;
  std::string definition;
  std::string access;
  std::string riasec_major;
  std::string riasec_minor;
};

struct AppellationRow {
  std::string ogr_code;
  std::string rome_code;
  std::string label;
};

// A profession's sector or interest.
struct LinkRow {
  std::string rome_code;
  std::string code;
  bool principal = false;
};

// What of the official ROME 4.0 export the catalogue keeps. Every code that a row names is there.
struct RomeExport {
  // "ROME 4.0 version 58"; empty when no file tells.
  std::string version;
  // Without days and title when version.txt is not part of the upload.
  RomeRelease release;
  std::vector<LabelRow> sectors;
  std::vector<LabelRow> interests;
  std::vector<ProfessionRow> professions;
  std::vector<AppellationRow> appellations;
  std::vector<LinkRow> sector_links;
  std::vector<LinkRow> interest_links;
  // Rows of the two files of links, which say some links once for each sub-sector.
  int64_t sector_link_rows = 0;
  int64_t interest_link_rows = 0;
  std::vector<std::string> warnings;
};

// Files are recognised by their headers. Those of the export that the catalogue has no use for are
// passed over; one that is none of the export's is worth a warning. Refused: a file of the eight
// that are needed missing, twice there or without rows, files of ROME 3 or of more than one
// version, and any row that is damaged.
absl::StatusOr<RomeExport> ParseRome(const std::vector<SourceFile>& files);

}  // namespace dm::catalogue
