#include "services/catalogue/imports/rome_files.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/rpc/file_upload.h"

#include <algorithm>
#include <utility>

namespace dm::catalogue {
namespace {

using Columns = std::vector<absl::string_view>;

// How a file is called in messages, the columns that no other file has together, and those that it
// needs beside.
struct Layout {
  const char* what;
  Columns known_by;
  Columns needed;
};

constexpr size_t kNeeded = 8;

// "professionel" and "ss_sect" are the publisher's own spellings.
const std::array<Layout, kRomeFiles>& Layouts() {
  static const auto* const layouts = new std::array<Layout, kRomeFiles>{{
      {"secteurs d'activité",
       {"code_sect_activite", "libelle_sect_activite", "definition_sect_activite"},
       {}},
      {"centres d'intérêt",
       {"code_centre_interet", "libelle_centre_interet", "definition_centre_interet"},
       {}},
      {"métiers",
       {"code_rome", "code_fiche_metier", "libelle_rome"},
       {"code_ogr", "transition_eco", "transition_num", "transition_demo", "emploi_reglemente",
        "emploi_cadre", "code_rome_parent"}},
      {"profils RIASEC", {"code_rome", "riasec_majeur", "riasec_mineur"}, {}},
      {"textes", {"code_rome", "libelle_type_texte", "position_phrase", "libelle_texte"}, {}},
      {"appellations",
       {"code_ogr", "libelle_appellation_long", "code_rome", "classification"},
       {"libelle_appellation_court", "transition_eco", "transition_num", "transition_demo",
        "emploi_reglemente", "emploi_cadre", "code_rome_parent", "peu_usite"}},
      {"arborescence des secteurs",
       {"code_sect_activite", "code_rome", "principal"},
       {"code_ss_sect_activite"}},
      {"arborescence des centres d'intérêt", {"code_centre_interet", "code_rome", "principal"}, {}},
      {"grands domaines", {"code_grand_domaine", "libelle_grand_domaine"}, {}},
      {"domaines professionnels",
       {"code_domaine_professionnel", "libelle_domaine_professionnel"},
       {}},
      {"domaines des métiers",
       {"code_rome", "code_grand_domaine", "code_domaine_professionel"},
       {}},
      {"sous-secteurs",
       {"code_ss_sect_activite", "libelle_ss_sect_activite", "definition_ss_sect_activite"},
       {"code_sect_activite"}},
      {"mobilités", {"code_rome", "code_rome_cible", "numero_ordre"}, {}},
      {"compétences",
       {"code_ogr", "nature", "libelle_competence"},
       {"definition", "code_ogr_macro_comp", "code_macro_comp", "cat_comp", "sous_cat_comp",
        "transition_eco", "transition_num"}},
      {"savoirs",
       {"code_ogr_savoir", "libelle_savoir"},
       {"categorie_savoir", "sous_categorie_savoir", "transition_eco", "transition_num"}},
      {"contextes de travail", {"code_ogr", "libelle_cont_travail"}, {"libelle_type_cont_trav"}},
      {"profils RIASEC des macro-compétences", {"code_ogr", "riasec_majeur", "riasec_mineur"}, {}},
      {"arborescence des compétences",
       {"code_macro_competence", "code_ogr_competence"},
       {"code_ogr_macro_competence", "libelle_macro_competence", "code_objectif", "objectif",
        "code_enjeu", "enjeu", "code_domaine_competence", "domaine_competence"}},
      {"compétences, savoirs et contextes des métiers",
       {"code_rome", "code_ogr", "coeur_metier"},
       {}},
      {"thèmes", {"code_theme", "libelle_theme", "definition_theme"}, {}},
      {"arborescence des thèmes", {"code_theme", "code_rome"}, {}},
      {"secteurs NAF", {"code_tech_secteur_naf", "code_secteur_naf", "libelle_secteur_naf"}, {}},
      {"arborescence des secteurs NAF", {"code_secteur_naf", "code_rome"}, {}},
      {"items", {"code_ogr", "libelle", "code_rubrique"}, {}},
      {"liens des métiers", {"code_rome", "code_compo_bloc", "code_rubrique", "code_ogr"}, {}},
      {"arborescence des appellations",
       {"type_provenance", "ogr_rome", "ogr_appellation"},
       {"libelle_appellation_long"}},
      {"blocs de la fiche", {"code_compo_bloc", "libelle_bloc"}, {}},
      {"rubriques de la fiche", {"code_rubrique", "position_rubrique", "libelle_rubrique"}, {}},
      {"types de référentiels", {"code_type_referentiel", "libelle_type_referentiel"}, {}},
  }};
  return *layouts;
}

const char* What(RomeFile file) { return Layouts()[static_cast<size_t>(file)].what; }

// Files that say nothing without each other.
const std::vector<std::vector<RomeFile>>& Groups() {
  static const auto* const groups = new std::vector<std::vector<RomeFile>>{
      {RomeFile::kGrandDomains, RomeFile::kDomains, RomeFile::kProfessionDomains},
      {RomeFile::kSubSectors},
      {RomeFile::kMobility},
      {RomeFile::kSkills, RomeFile::kKnowledge, RomeFile::kWorkContexts, RomeFile::kSkillRiasec,
       RomeFile::kSkillTree, RomeFile::kProfessionItems},
      {RomeFile::kThemes, RomeFile::kThemeLinks},
      {RomeFile::kNafSectors, RomeFile::kNafLinks},
  };
  return *groups;
}

bool HasAll(const SourceTable& table, const Columns& columns) {
  return std::all_of(columns.begin(), columns.end(),
                     [&](absl::string_view column) { return table.Has({column}); });
}

// Of the layouts that fit the one that asks for most: the grand domains' columns are among those of
// the professions' domains.
std::optional<RomeFile> KindOf(const SourceTable& table) {
  std::optional<size_t> found;
  for (size_t kind = 0; kind < kRomeFiles; ++kind) {
    const Columns& columns = Layouts()[kind].known_by;
    if (!HasAll(table, columns)) continue;
    if (!found.has_value() || columns.size() > Layouts()[*found].known_by.size()) found = kind;
  }
  if (!found.has_value()) return std::nullopt;
  return static_cast<RomeFile>(*found);
}

// The columns of ROME 3 that ROME 4.0 has not, and the one that ROME 4.0 brought.
bool IsOldRome(const SourceTable& table) {
  const bool professions = table.Has({"code_rome", "code_fiche_metier", "libelle_rome"});
  return table.Has({"statut"}) || table.Has({"code_type_section_appellation"}) ||
         (professions && !table.Has({"transition_eco"}));
}

}  // namespace

absl::StatusOr<RomeFiles> RomeFiles::Sort(const std::vector<SourceFile>& files) {
  RomeFiles sorted;
  for (size_t i = 0; i < files.size(); ++i) {
    if (const auto release = ParseRomeRelease(files[i].content); release.has_value()) {
      const absl::Status status = sorted.versions_.AddRelease(files[i].name, *release);
      if (!status.ok()) return status;
      sorted.release_ = *release;
      continue;
    }
    auto table = SourceTable::Open(files[i], i);
    if (!table.ok()) return table.status();
    if (absl::Status status = sorted.Place(*std::move(table)); !status.ok()) return status;
  }
  if (absl::Status status = sorted.CheckVersions(); !status.ok()) return status;
  if (absl::Status status = sorted.CheckComplete(); !status.ok()) return status;
  return sorted;
}

absl::Status RomeFiles::Place(SourceTable found) {
  if (IsOldRome(found)) return RomeVersions::RefuseOldRome(found.name());
  const auto kind = KindOf(found);
  if (!kind.has_value()) {
    warnings_.push_back(
        absl::StrCat(found.name(), " : ce fichier n'est pas de l'export ROME, il n'a pas été lu"));
    return absl::OkStatus();
  }
  if (absl::Status status = versions_.AddFile(found.name()); !status.ok()) return status;
  Columns missing = Layouts()[static_cast<size_t>(*kind)].needed;
  missing.erase(std::remove_if(missing.begin(), missing.end(),
                               [&](absl::string_view column) { return found.Has({column}); }),
                missing.end());
  if (!missing.empty()) {
    return found.Refused(absl::StrCat("il manque des colonnes à l'en-tête des ", What(*kind), " : ",
                                      absl::StrJoin(missing, ", ")));
  }
  if (Has(*kind)) {
    return found.FileRefused(absl::StrCat("le même contenu que ", name(*kind), " (", What(*kind),
                                          ") : un seul des deux est attendu"));
  }
  if (!found.warning().empty()) warnings_.push_back(found.warning());
  table(*kind).emplace(std::move(found));
  return absl::OkStatus();
}

absl::Status RomeFiles::CheckVersions() {
  if (absl::Status status = versions_.Check(); !status.ok()) return status;
  release_.version = versions_.version();
  if (release_.version.empty()) {
    warnings_.push_back(
        "ni version.txt ni le nom d'un fichier ne dit de quelle version du ROME il s'agit");
  }
  return absl::OkStatus();
}

absl::Status RomeFiles::CheckComplete() {
  std::vector<absl::string_view> missing;
  for (size_t kind = 0; kind < kNeeded; ++kind) {
    if (!tables_[kind].has_value()) missing.push_back(Layouts()[kind].what);
  }
  if (!missing.empty()) {
    return rpc::ImportRefused(
        "", 0, absl::StrCat("il manque des fichiers : ", absl::StrJoin(missing, ", ")));
  }
  for (const std::vector<RomeFile>& group : Groups()) {
    std::vector<absl::string_view> absent;
    for (const RomeFile file : group) {
      if (!Has(file)) absent.push_back(What(file));
    }
    if (absent.empty()) continue;
    missing.insert(missing.end(), absent.begin(), absent.end());
    for (const RomeFile file : group) {
      if (!Has(file)) continue;
      warnings_.push_back(absl::StrCat(
          name(file), " : ce fichier n'est lu qu'avec : ", absl::StrJoin(absent, ", ")));
      table(file).reset();
    }
  }
  if (!missing.empty()) {
    warnings_.push_back(absl::StrCat("ne sont pas dans l'envoi, et restent comme ils étaient : ",
                                     absl::StrJoin(missing, ", ")));
  }
  return absl::OkStatus();
}

absl::Status RomeFiles::ForEach(RomeFile file,
                                absl::FunctionRef<absl::Status(const SourceTable&)> read) {
  if (!Has(file)) return absl::OkStatus();
  SourceTable& rows = *table(file);
  for (;;) {
    const auto more = rows.Next();
    if (!more.ok()) return more.status();
    if (!*more) break;
    if (absl::Status status = read(rows); !status.ok()) return status;
  }
  // The publisher's own list of lists is empty.
  if (rows.rows() == 0 && file != RomeFile::kReferenceKinds) {
    return rows.FileRefused("le fichier ne contient aucune ligne");
  }
  return absl::OkStatus();
}

}  // namespace dm::catalogue
