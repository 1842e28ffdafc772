#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "common/codes/official_codes.h"
#include "services/catalogue/imports/rome_rows.h"

#include <cstdint>
#include <utility>

namespace dm::catalogue {
namespace {

using Link = std::pair<absl::string_view, absl::string_view>;

// The rows of a file that say something else than the files that are kept.
class Differences {
 public:
  void Add(const SourceTable& table) {
    if (rows_++ == 0) first_ = table.origin().line;
  }

  // `others` is what the file ought to repeat; `unsaid` of it are not in the file.
  void Warn(const std::string& file, absl::string_view others, int64_t unsaid,
            std::vector<std::string>* warnings) const {
    if (rows_ > 0) {
      warnings->push_back(absl::StrCat(file, ", ligne ", first_, " : ne dit pas la même chose que ",
                                       others, rows_ > 1 ? ", et ce n'est pas la seule ligne" : "",
                                       " ; ", others, " font foi"));
    }
    if (unsaid > 0) {
      warnings->push_back(absl::StrCat(file, " : il y manque ", unsaid, " lignes que disent ",
                                       others, ", qui font foi"));
    }
  }

 private:
  int64_t rows_ = 0;
  int first_ = 0;
};

absl::Status CheckItems(RomeFiles& files, RomeExport* rome) {
  absl::flat_hash_map<absl::string_view, absl::string_view> labels;
  if (rome->items.has_value()) {
    for (const ItemRow& item : *rome->items) labels.emplace(item.ogr_code, item.label);
  }
  Differences differences;
  const auto items = static_cast<int64_t>(labels.size());
  const absl::Status status = files.ForEach(RomeFile::kItems, [&](const SourceTable& table) {
    RowReader row(&table);
    const std::string code = row.Code("code_ogr", IsOgrCode, kOgrShape);
    const std::string label = row.Required("libelle", kLongestLabel);
    const auto found = labels.find(code);
    if (found == labels.end() || found->second != label) {
      differences.Add(table);
    } else {
      labels.erase(found);
    }
    return row.status();
  });
  if (!status.ok() || items == 0 || !files.Has(RomeFile::kItems)) return status;
  differences.Warn(files.name(RomeFile::kItems),
                   "les fichiers des compétences, savoirs et contextes",
                   static_cast<int64_t>(labels.size()), &rome->warnings);
  return absl::OkStatus();
}

// What the sheet's blocks that are kept link professions to: themselves, job titles, skills and
// knowledge, work contexts.
absl::flat_hash_set<Link> LinksOf(const RomeExport& rome) {
  absl::flat_hash_set<Link> links;
  for (const ProfessionRow& row : rome.professions) links.emplace(row.rome_code, row.ogr_code);
  for (const AppellationRow& row : rome.appellations) links.emplace(row.rome_code, row.ogr_code);
  for (const ProfessionItemRow& row : *rome.profession_items) {
    links.emplace(row.rome_code, row.ogr_code);
  }
  return links;
}

absl::Status CheckLinks(RomeFiles& files, RomeExport* rome) {
  const bool known = rome->profession_items.has_value();
  absl::flat_hash_set<Link> links;
  if (known) links = LinksOf(*rome);
  Differences differences;
  const absl::Status status = files.ForEach(RomeFile::kLinks, [&](const SourceTable& table) {
    RowReader row(&table);
    const std::string profession = row.Code("code_rome", IsRomeCode, kRomeShape);
    const std::string code = row.Code("code_ogr", IsOgrCode, kOgrShape);
    row.Code("code_compo_bloc", IsListCode, kListShape);
    if (links.erase({profession, code}) == 0) differences.Add(table);
    return row.status();
  });
  if (!status.ok() || !known || !files.Has(RomeFile::kLinks)) return status;
  differences.Warn(files.name(RomeFile::kLinks),
                   "les fichiers des métiers, des appellations et de leurs compétences",
                   static_cast<int64_t>(links.size()), &rome->warnings);
  return absl::OkStatus();
}

// All titles of all levels: grand domains, domains, professions and job titles.
absl::Status CheckTitleTree(RomeFiles& files, RomeExport* rome) {
  absl::flat_hash_map<absl::string_view, absl::string_view> labels;
  for (const AppellationRow& row : rome->appellations) labels.emplace(row.ogr_code, row.label);
  Differences differences;
  const absl::Status status = files.ForEach(RomeFile::kTitleTree, [&](const SourceTable& table) {
    RowReader row(&table);
    const int64_t level = row.Integer("type_provenance", 1, 4);
    if (level < 4) return row.status();
    const std::string code = row.Code("ogr_appellation", IsOgrCode, kOgrShape);
    const auto found = labels.find(code);
    if (found == labels.end() || found->second != table.Cell("libelle_appellation_long")) {
      differences.Add(table);
    } else {
      labels.erase(found);
    }
    return row.status();
  });
  if (!status.ok() || !files.Has(RomeFile::kTitleTree)) return status;
  differences.Warn(files.name(RomeFile::kTitleTree), "les lignes du fichier des appellations",
                   static_cast<int64_t>(labels.size()), &rome->warnings);
  return absl::OkStatus();
}

// Lists that describe the export itself: whole, or the file is damaged.
absl::Status CheckLists(RomeFiles& files) {
  constexpr std::pair<RomeFile, std::pair<const char*, const char*>> kLists[] = {
      {RomeFile::kSheetBlocks, {"code_compo_bloc", "libelle_bloc"}},
      {RomeFile::kSheetSections, {"code_rubrique", "libelle_rubrique"}},
      {RomeFile::kReferenceKinds, {"code_type_referentiel", "libelle_type_referentiel"}},
  };
  for (const auto& [file, columns] : kLists) {
    const absl::Status status = files.ForEach(file, [columns = columns](const SourceTable& table) {
      RowReader row(&table);
      row.Code(columns.first, IsListCode, kListShape);
      row.Required(columns.second, kLongestLabel);
      return row.status();
    });
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckRepetitions(RomeFiles& files, RomeExport* rome) {
  for (const auto check : {CheckItems, CheckLinks, CheckTitleTree}) {
    if (absl::Status status = check(files, rome); !status.ok()) return status;
  }
  return CheckLists(files);
}

}  // namespace dm::catalogue
