#pragma once

#include "absl/status/statusor.h"
#include "services/catalogue/imports/rome_release.h"
#include "services/catalogue/imports/source_table.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dm::catalogue {

// What ROME says of a profession or a job title beside its name; what is absent is not stated.
struct RomeFlags {
  // 0 not stated, 1 green, 2 strategic, 3 white, 4 brown.
  int ecological_transition = 0;
  std::optional<bool> digital_transition;
  std::optional<bool> demographic_transition;
  std::optional<bool> regulated;
  std::optional<bool> executive;
};

// A sector, an interest or a theme.
struct DescribedRow {
  std::string code;
  std::string label;
  std::string description;
};

// A part of something: a sub-sector of its sector, a domain of its grand domain.
struct PartRow {
  std::string code;
  std::string whole;
  std::string label;
};

struct GrandDomainRow {
  std::string code;
  std::string label;
};

struct NafSectorRow {
  std::string code;
  std::string technical_code;
  std::string label;
};

struct ProfessionRow {
  std::string rome_code;
  std::string title;
  std::string definition;
  std::string access;
  std::string riasec_major;
  std::string riasec_minor;
  std::string parent_code;
  std::string sheet_code;
  std::string ogr_code;
  RomeFlags flags;
  // Absent without the files of domains.
  std::optional<std::string> domain_code;
};

struct AppellationRow {
  std::string ogr_code;
  std::string rome_code;
  std::string label;
  std::string short_label;
  std::string parent_code;
  bool principal = false;
  // Hardly anybody uses it.
  bool rare = false;
  RomeFlags flags;
};

// A profession's sector or interest.
struct LinkRow {
  std::string rome_code;
  std::string code;
  bool principal = false;
};

// A profession's sub-sector, theme or NAF sector.
struct CodePair {
  std::string rome_code;
  std::string code;
};

struct MobilityRow {
  std::string rome_code;
  std::string target_code;
  int rank = 0;
};

// A skill, a knowledge or a work context.
struct ItemRow {
  std::string ogr_code;
  // 1 know-how, 2 soft skill, 3 knowledge, 4 work context.
  int kind = 0;
  std::string label;
  std::string category;
  std::string sub_category;
  std::string definition;
  bool is_macro = false;
  // Of the macro skill that it is or belongs to, as the tree of skills has it.
  std::string macro_code;
  std::string riasec;
  std::optional<bool> ecological_transition;
  std::optional<bool> digital_transition;
};

struct ProfessionItemRow {
  std::string rome_code;
  std::string ogr_code;
  // 0 plain, 1 principal, 2 emerging.
  int core = 0;
};

// A macro skill, and what it is a part of.
struct SkillBranchRow {
  std::string macro_code;
  std::string macro_ogr_code;
  std::string label;
  std::string objective_code;
  std::string objective;
  std::string issue_code;
  std::string issue;
  std::string domain_code;
  std::string domain;

  friend bool operator==(const SkillBranchRow&, const SkillBranchRow&) = default;
};

// The official ROME 4.0 export. Every code that a row names is there. What is optional is absent
// when its files were no part of the upload, and then says nothing of what is there already.
struct RomeExport {
  // "ROME 4.0 version 58"; empty when no file tells.
  std::string version;
  // Without days and title when version.txt is not part of the upload.
  RomeRelease release;
  std::vector<DescribedRow> sectors;
  std::vector<DescribedRow> interests;
  std::vector<ProfessionRow> professions;
  std::vector<AppellationRow> appellations;
  std::vector<LinkRow> sector_links;
  std::vector<LinkRow> interest_links;
  // Rows of the file of sector links, which says some once for each sub-sector.
  int64_t sector_link_rows = 0;

  std::optional<std::vector<GrandDomainRow>> grand_domains;
  std::optional<std::vector<PartRow>> domains;
  std::optional<std::vector<PartRow>> sub_sectors;
  std::optional<std::vector<CodePair>> sub_sector_links;
  std::optional<std::vector<MobilityRow>> mobility;
  std::optional<std::vector<ItemRow>> items;
  std::optional<std::vector<ProfessionItemRow>> profession_items;
  std::optional<std::vector<SkillBranchRow>> skill_tree;
  std::optional<std::vector<DescribedRow>> themes;
  std::optional<std::vector<CodePair>> theme_links;
  std::optional<std::vector<NafSectorRow>> naf_sectors;
  std::optional<std::vector<CodePair>> naf_links;
  std::vector<std::string> warnings;
};

// Files are recognised by their headers; one that is none of the export's is worth a warning, and
// so is what is missing or says something else than the others. Refused: one of the eight files
// that are needed missing, any file twice there, files of ROME 3 or of more than one version, and
// any row that is damaged.
absl::StatusOr<RomeExport> ParseRome(const std::vector<SourceFile>& files);

}  // namespace dm::catalogue
