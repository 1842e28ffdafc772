#include "absl/strings/str_cat.h"
#include "common/codes/official_codes.h"
#include "services/catalogue/imports/rome_rows.h"

#include <map>
#include <utility>

namespace dm::catalogue {
namespace {

constexpr absl::string_view kThemeShape = "un code de thème (trois chiffres)";
constexpr size_t kThemeLength = 3;

// How the columns of a list are called, and its codes.
struct ListColumns {
  const char* code;
  const char* label;
  const char* description;
  bool (*is_right)(absl::string_view) = IsListCode;
  absl::string_view shape = kListShape;
  size_t length = 0;
};

absl::Status ReadDescribed(RomeFiles& files, RomeFile file, const ListColumns& columns,
                           std::vector<DescribedRow>* rows, CodePlaces* codes) {
  return files.ForEach(file, [&](const SourceTable& table) {
    RowReader row(&table);
    DescribedRow read{
        .code = row.Code(columns.code, columns.is_right, columns.shape, columns.length),
        .label = row.Required(columns.label, kLongestLabel),
        .description = row.Text(columns.description, kLongestText)};
    AddCode(row, read.code, rows->size(), codes);
    rows->push_back(std::move(read));
    return row.status();
  });
}

// The links of professions to the codes of a list; each once.
absl::Status ReadPairs(RomeFiles& files, RomeFile file, const ListColumns& columns,
                       absl::string_view list, const CodePlaces& professions,
                       const CodePlaces& codes, std::vector<CodePair>* pairs) {
  CodePlaces seen;
  return files.ForEach(file, [&](const SourceTable& table) {
    RowReader row(&table);
    CodePair read{KnownProfession(row, professions).first,
                  row.Code(columns.code, columns.is_right, columns.shape, columns.length)};
    if (row.status().ok() && !codes.contains(read.code)) {
      row.Refuse(absl::StrCat("le code ", read.code, " n'est pas dans le fichier des ", list));
    }
    AddCode(row, absl::StrCat(read.rome_code, " → ", read.code), 0, &seen);
    pairs->push_back(std::move(read));
    return row.status();
  });
}

// A link is principal when one of its rows says so.
using Links = std::map<std::pair<std::string, std::string>, bool>;

void ReadLink(RowReader& row, absl::string_view column, absl::string_view list,
              const CodePlaces& professions, const CodePlaces& codes, Links* links) {
  const std::string profession = KnownProfession(row, professions).first;
  const std::string code = KnownCode(row, column, IsListCode, kListShape, codes, list).first;
  const std::string principal = row.Text("principal", 10);
  if (principal != "oui" && principal != "non" && !principal.empty()) {
    row.Refuse("la colonne « principal » attend oui ou non");
  }
  if (row.status().ok()) (*links)[{profession, code}] |= principal == "oui";
}

std::vector<LinkRow> ToRows(const Links& links) {
  std::vector<LinkRow> rows;
  rows.reserve(links.size());
  for (const auto& [link, principal] : links) {
    rows.push_back({link.first, link.second, principal});
  }
  return rows;
}

absl::Status ReadSubSectors(RomeFiles& files, const CodePlaces& sectors, RomeExport* rome,
                            CodePlaces* codes) {
  if (!files.Has(RomeFile::kSubSectors)) return absl::OkStatus();
  auto& rows = rome->sub_sectors.emplace();
  return files.ForEach(RomeFile::kSubSectors, [&](const SourceTable& table) {
    RowReader row(&table);
    PartRow read{.code = row.Code("code_ss_sect_activite", IsListCode, kListShape),
                 .whole = KnownCode(row, "code_sect_activite", IsListCode, kListShape, sectors,
                                    "secteurs d'activité")
                              .first,
                 .label = row.Required("libelle_ss_sect_activite", kLongestLabel)};
    AddCode(row, read.code, rows.size(), codes);
    rows.push_back(std::move(read));
    return row.status();
  });
}

absl::Status ReadSectors(RomeFiles& files, const CodePlaces& professions, RomeExport* rome) {
  CodePlaces sectors;
  if (absl::Status status =
          ReadDescribed(files, RomeFile::kSectors,
                        {"code_sect_activite", "libelle_sect_activite", "definition_sect_activite"},
                        &rome->sectors, &sectors);
      !status.ok()) {
    return status;
  }
  CodePlaces sub_sectors;
  if (absl::Status status = ReadSubSectors(files, sectors, rome, &sub_sectors); !status.ok()) {
    return status;
  }
  if (rome->sub_sectors.has_value()) rome->sub_sector_links.emplace();
  Links links;
  CodePlaces seen;
  const absl::Status status = files.ForEach(RomeFile::kSectorLinks, [&](const SourceTable& table) {
    RowReader row(&table);
    ReadLink(row, "code_sect_activite", "secteurs d'activité", professions, sectors, &links);
    if (rome->sub_sectors.has_value() && !row.Text("code_ss_sect_activite", 10).empty()) {
      CodePair read{KnownProfession(row, professions).first,
                    KnownCode(row, "code_ss_sect_activite", IsListCode, kListShape, sub_sectors,
                              "sous-secteurs")
                        .first};
      AddCode(row, absl::StrCat(read.rome_code, " → ", read.code), 0, &seen);
      rome->sub_sector_links->push_back(std::move(read));
    }
    return row.status();
  });
  rome->sector_links = ToRows(links);
  rome->sector_link_rows = files.rows(RomeFile::kSectorLinks);
  return status;
}

absl::Status ReadInterests(RomeFiles& files, const CodePlaces& professions, RomeExport* rome) {
  CodePlaces interests;
  if (absl::Status status = ReadDescribed(
          files, RomeFile::kInterests,
          {"code_centre_interet", "libelle_centre_interet", "definition_centre_interet"},
          &rome->interests, &interests);
      !status.ok()) {
    return status;
  }
  Links links;
  const absl::Status status =
      files.ForEach(RomeFile::kInterestLinks, [&](const SourceTable& table) {
        RowReader row(&table);
        ReadLink(row, "code_centre_interet", "centres d'intérêt", professions, interests, &links);
        return row.status();
      });
  rome->interest_links = ToRows(links);
  return status;
}

absl::Status ReadThemes(RomeFiles& files, const CodePlaces& professions, RomeExport* rome) {
  if (!files.Has(RomeFile::kThemes)) return absl::OkStatus();
  const ListColumns columns{"code_theme", "libelle_theme", "definition_theme",
                            IsThemeCode,  kThemeShape,     kThemeLength};
  CodePlaces themes;
  if (absl::Status status =
          ReadDescribed(files, RomeFile::kThemes, columns, &rome->themes.emplace(), &themes);
      !status.ok()) {
    return status;
  }
  return ReadPairs(files, RomeFile::kThemeLinks, columns, "thèmes", professions, themes,
                   &rome->theme_links.emplace());
}

absl::Status ReadNafSectors(RomeFiles& files, const CodePlaces& professions, RomeExport* rome) {
  if (!files.Has(RomeFile::kNafSectors)) return absl::OkStatus();
  auto& sectors = rome->naf_sectors.emplace();
  CodePlaces codes;
  const absl::Status status = files.ForEach(RomeFile::kNafSectors, [&](const SourceTable& table) {
    RowReader row(&table);
    NafSectorRow read{.code = row.Code("code_secteur_naf", IsListCode, kListShape),
                      .technical_code = row.Code("code_tech_secteur_naf", IsListCode, kListShape),
                      .label = row.Required("libelle_secteur_naf", kLongestLabel)};
    AddCode(row, read.code, sectors.size(), &codes);
    sectors.push_back(std::move(read));
    return row.status();
  });
  if (!status.ok()) return status;
  return ReadPairs(files, RomeFile::kNafLinks, {.code = "code_secteur_naf"}, "secteurs NAF",
                   professions, codes, &rome->naf_links.emplace());
}

}  // namespace

absl::Status ReadLists(RomeFiles& files, const CodePlaces& professions, RomeExport* rome) {
  for (const auto read : {ReadSectors, ReadInterests, ReadThemes, ReadNafSectors}) {
    if (absl::Status status = read(files, professions, rome); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace dm::catalogue
