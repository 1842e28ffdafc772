#include "services/catalogue/imports/rome_export.h"

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/codes/official_codes.h"
#include "common/rpc/file_upload.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

namespace dm::catalogue {
namespace {

constexpr size_t kLongestLabel = 500;
constexpr size_t kLongestText = 20000;
constexpr absl::string_view kRomeShape = "un code ROME (une lettre et quatre chiffres)";
constexpr absl::string_view kListShape = "un code de lettres ou de chiffres";

// The files that are needed, in the order in which they are read: each names codes of those before.
enum Kind : size_t {
  kSectors,
  kInterests,
  kProfessions,
  kRiasec,
  kTexts,
  kAppellations,
  kSectorLinks,
  kInterestLinks,
  kKinds,
};

struct KindHeader {
  const char* what;
  std::vector<absl::string_view> columns;
};

const std::array<KindHeader, kKinds>& Headers() {
  static const auto* const headers = new std::array<KindHeader, kKinds>{{
      {"secteurs d'activité",
       {"code_sect_activite", "libelle_sect_activite", "definition_sect_activite"}},
      {"centres d'intérêt",
       {"code_centre_interet", "libelle_centre_interet", "definition_centre_interet"}},
      {"métiers", {"code_rome", "code_fiche_metier", "libelle_rome"}},
      {"profils RIASEC", {"code_rome", "riasec_majeur", "riasec_mineur"}},
      {"textes", {"code_rome", "libelle_type_texte", "position_phrase", "libelle_texte"}},
      {"appellations", {"code_ogr", "libelle_appellation_long", "code_rome", "classification"}},
      {"arborescence des secteurs", {"code_sect_activite", "code_rome", "principal"}},
      {"arborescence des centres d'intérêt", {"code_centre_interet", "code_rome", "principal"}},
  }};
  return *headers;
}

// The first two columns of the export's other files.
bool IsKnownAndUnused(const SourceTable& table) {
  static const auto* const unused = new absl::flat_hash_set<std::string>{
      "code_domaine_competence,domaine_competence",
      "code_secteur_naf,libelle_secteur_naf",
      "code_theme,libelle_theme",
      "code_rome,code_ogr",
      "code_compo_bloc,libelle_bloc",
      "code_grand_domaine,code_domaine_professionnel",
      "code_rome,libelle_rome",
      "code_rubrique,code_compo_bloc",
      "code_domaine_professionnel,libelle_domaine_professionnel",
      "code_grand_domaine,libelle_grand_domaine",
      "code_ogr,libelle",
      "code_rome,code_compo_bloc",
      "code_ogr,nature",
      "code_ogr,libelle_cont_travail",
      "code_ogr,riasec_majeur",
      "code_ogr_savoir,libelle_savoir",
      "code_rome,code_rome_cible",
      "code_tech_secteur_naf,code_secteur_naf",
      "code_ss_sect_activite,libelle_ss_sect_activite",
      "code_type_referentiel,libelle_type_referentiel",
  };
  if (table.header().size() < 2) return false;
  return unused->contains(absl::StrCat(table.header()[0], ",", table.header()[1]));
}

std::optional<Kind> KindOf(const SourceTable& table) {
  for (size_t kind = 0; kind < kKinds; ++kind) {
    const auto& columns = Headers()[kind].columns;
    if (std::all_of(columns.begin(), columns.end(),
                    [&](absl::string_view column) { return table.Has({column}); })) {
      return static_cast<Kind>(kind);
    }
  }
  return std::nullopt;
}

// The columns of ROME 3 that ROME 4.0 has not, and the one that ROME 4.0 brought.
bool IsOldRome(const SourceTable& table) {
  const bool professions = table.Has({"code_rome", "code_fiche_metier", "libelle_rome"});
  return table.Has({"statut"}) || table.Has({"code_type_section_appellation"}) ||
         (professions && !table.Has({"transition_eco"}));
}

class Parser {
 public:
  absl::StatusOr<RomeExport> Parse(const std::vector<SourceFile>& files) {
    if (absl::Status status = Sort(files); !status.ok()) return status;
    using Step = absl::Status (Parser::*)(SourceTable&);
    constexpr std::array<Step, kKinds> kSteps = {
        &Parser::ReadSector,     &Parser::ReadInterest,    &Parser::ReadProfession,
        &Parser::ReadRiasec,     &Parser::ReadText,        &Parser::ReadAppellation,
        &Parser::ReadSectorLink, &Parser::ReadInterestLink};
    for (size_t kind = 0; kind < kKinds; ++kind) {
      SourceTable& table = *tables_[kind];
      for (;;) {
        const auto more = table.Next();
        if (!more.ok()) return more.status();
        if (!*more) break;
        if (absl::Status status = (this->*kSteps[kind])(table); !status.ok()) return status;
      }
      if (table.rows() == 0) return table.FileRefused("le fichier ne contient aucune ligne");
    }
    Finish();
    return std::move(out_);
  }

 private:
  // Finds what each file is.
  absl::Status Sort(const std::vector<SourceFile>& files) {
    for (size_t i = 0; i < files.size(); ++i) {
      if (const auto release = ParseRomeRelease(files[i].content); release.has_value()) {
        if (absl::Status status = versions_.AddRelease(files[i].name, *release); !status.ok()) {
          return status;
        }
        out_.release = *release;
        continue;
      }
      auto table = SourceTable::Open(files[i], i);
      if (!table.ok()) return table.status();
      if (IsOldRome(*table)) return RomeVersions::RefuseOldRome(table->name());
      const auto kind = KindOf(*table);
      const bool unused = !kind.has_value() && IsKnownAndUnused(*table);
      if (kind.has_value() || unused) {
        if (absl::Status status = versions_.AddFile(table->name()); !status.ok()) return status;
        if (!table->warning().empty()) out_.warnings.push_back(table->warning());
      }
      if (unused) continue;
      if (!kind.has_value()) {
        out_.warnings.push_back(absl::StrCat(
            table->name(), " : ce fichier n'est pas de l'export ROME, il n'a pas été lu"));
        continue;
      }
      if (tables_[*kind].has_value()) {
        return table->FileRefused(absl::StrCat("le même contenu que ", tables_[*kind]->name(), " (",
                                               Headers()[*kind].what,
                                               ") : un seul des deux est attendu"));
      }
      tables_[*kind].emplace(*std::move(table));
    }
    return CheckVersions();
  }

  absl::Status CheckVersions() {
    if (absl::Status status = versions_.Check(); !status.ok()) return status;
    out_.release.version = versions_.version();
    if (!out_.release.version.empty()) {
      out_.version = absl::StrCat("ROME 4.0 version ", out_.release.version);
    } else {
      out_.warnings.push_back(
          "ni version.txt ni le nom d'un fichier ne dit de quelle version du "
          "ROME il s'agit");
    }
    return CheckComplete();
  }

  absl::Status CheckComplete() const {
    std::vector<absl::string_view> missing;
    for (size_t kind = 0; kind < kKinds; ++kind) {
      if (!tables_[kind].has_value()) missing.push_back(Headers()[kind].what);
    }
    if (missing.empty()) return absl::OkStatus();
    return rpc::ImportRefused(
        "", 0, absl::StrCat("il manque des fichiers : ", absl::StrJoin(missing, ", ")));
  }

  absl::Status ReadSector(SourceTable& table) {
    return ReadLabel(table, "code_sect_activite", "libelle_sect_activite", &sectors_,
                     &out_.sectors);
  }

  absl::Status ReadInterest(SourceTable& table) {
    return ReadLabel(table, "code_centre_interet", "libelle_centre_interet", &interests_,
                     &out_.interests);
  }

  static absl::Status ReadLabel(const SourceTable& table, absl::string_view code,
                                absl::string_view label, absl::flat_hash_set<std::string>* known,
                                std::vector<LabelRow>* rows) {
    RowReader row(&table);
    LabelRow read{.code = row.Code(code, IsListCode, kListShape),
                  .label = row.Required(label, kLongestLabel)};
    if (!known->insert(read.code).second) row.Refuse("ce code est déjà dans le fichier");
    rows->push_back(std::move(read));
    return row.status();
  }

  absl::Status ReadProfession(SourceTable& table) {
    RowReader row(&table);
    ProfessionRow read{.rome_code = row.Code("code_rome", IsRomeCode, kRomeShape),
                       .title = row.Required("libelle_rome", kLongestLabel)};
    if (!professions_.emplace(read.rome_code, out_.professions.size()).second) {
      row.Refuse("ce code ROME est déjà dans le fichier");
    }
    out_.professions.push_back(std::move(read));
    return row.status();
  }

  // The profession that the row names; null, and refused, when there is none.
  ProfessionRow* ProfessionOf(RowReader& row) {
    const auto found = professions_.find(row.Code("code_rome", IsRomeCode, kRomeShape));
    if (found != professions_.end()) return &out_.professions[found->second];
    row.Refuse("ce code ROME n'est pas dans le fichier des métiers");
    return nullptr;
  }

  absl::Status ReadRiasec(SourceTable& table) {
    RowReader row(&table);
    ProfessionRow* profession = ProfessionOf(row);
    const std::string major = row.Text("riasec_majeur", 10);
    const std::string minor = row.Text("riasec_mineur", 10);
    const auto is_letter = [](const std::string& text) {
      return text.empty() || (text.size() == 1 && absl::StrContains("RIASEC", text));
    };
    if (!is_letter(major) || !is_letter(minor)) row.Refuse("une lettre de RIASEC est attendue");
    if (row.status().ok()) {
      profession->riasec_major = major;
      profession->riasec_minor = minor;
    }
    return row.status();
  }

  absl::Status ReadText(SourceTable& table) {
    RowReader row(&table);
    const ProfessionRow* profession = ProfessionOf(row);
    const std::string kind = row.Required("libelle_type_texte", 100);
    const int64_t position = row.Integer("position_phrase", 0, 1'000'000);
    // This file, and no other, doubles its apostrophes.
    const std::string text =
        absl::StrReplaceAll(row.Text("libelle_texte", kLongestText), {{"''", "'"}});
    if (row.status().ok() && !text.empty()) {
      if (kind == "definition") definitions_[profession->rome_code][position] = text;
      if (kind == "acces_metier") accesses_[profession->rome_code][position] = text;
    }
    return row.status();
  }

  absl::Status ReadAppellation(SourceTable& table) {
    RowReader row(&table);
    const ProfessionRow* profession = ProfessionOf(row);
    AppellationRow read{.ogr_code = row.Code("code_ogr", IsListCode, "un code OGR"),
                        .label = row.Required("libelle_appellation_long", kLongestLabel)};
    if (!std::all_of(read.ogr_code.begin(), read.ogr_code.end(), absl::ascii_isdigit)) {
      row.Refuse("la colonne « code_ogr » attend des chiffres");
    }
    if (!appellations_.insert(read.ogr_code).second) {
      row.Refuse("ce code OGR est déjà dans le fichier");
    }
    if (profession != nullptr) read.rome_code = profession->rome_code;
    out_.appellations.push_back(std::move(read));
    return row.status();
  }

  absl::Status ReadSectorLink(SourceTable& table) {
    ++out_.sector_link_rows;
    return ReadLink(table, "code_sect_activite", sectors_, &sector_links_);
  }

  absl::Status ReadInterestLink(SourceTable& table) {
    ++out_.interest_link_rows;
    return ReadLink(table, "code_centre_interet", interests_, &interest_links_);
  }

  // A link is principal when one of its rows says so.
  using Links = std::map<std::pair<std::string, std::string>, bool>;
  absl::Status ReadLink(SourceTable& table, absl::string_view column,
                        const absl::flat_hash_set<std::string>& known, Links* links) {
    RowReader row(&table);
    const ProfessionRow* profession = ProfessionOf(row);
    const std::string code = row.Code(column, IsListCode, kListShape);
    if (row.status().ok() && !known.contains(code)) {
      row.Refuse(absl::StrCat("le code ", code, " n'est pas dans le fichier des libellés"));
    }
    const std::string principal = row.Text("principal", 10);
    if (principal != "oui" && principal != "non" && !principal.empty()) {
      row.Refuse("la colonne « principal » attend oui ou non");
    }
    if (row.status().ok()) (*links)[{profession->rome_code, code}] |= principal == "oui";
    return row.status();
  }

  static std::string Sentences(const std::map<int64_t, std::string>& sentences) {
    return absl::StrJoin(sentences, " ", [](std::string* out, const auto& sentence) {
      absl::StrAppend(out, sentence.second);
    });
  }

  void Finish() {
    for (ProfessionRow& profession : out_.professions) {
      profession.definition = Sentences(definitions_[profession.rome_code]);
      profession.access = Sentences(accesses_[profession.rome_code]);
    }
    for (const auto& [link, principal] : sector_links_) {
      out_.sector_links.push_back({link.first, link.second, principal});
    }
    for (const auto& [link, principal] : interest_links_) {
      out_.interest_links.push_back({link.first, link.second, principal});
    }
  }

  RomeExport out_;
  RomeVersions versions_;
  std::array<std::optional<SourceTable>, kKinds> tables_;
  absl::flat_hash_set<std::string> sectors_;
  absl::flat_hash_set<std::string> interests_;
  absl::flat_hash_set<std::string> appellations_;
  // Place in out_.professions by code.
  absl::flat_hash_map<std::string, size_t> professions_;
  absl::flat_hash_map<std::string, std::map<int64_t, std::string>> definitions_;
  absl::flat_hash_map<std::string, std::map<int64_t, std::string>> accesses_;
  Links sector_links_;
  Links interest_links_;
};

}  // namespace

absl::StatusOr<RomeExport> ParseRome(const std::vector<SourceFile>& files) {
  return Parser().Parse(files);
}

}  // namespace dm::catalogue
