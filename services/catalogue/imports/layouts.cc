#include "services/catalogue/imports/layouts.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/rpc/file_upload.h"

#include <algorithm>

namespace dm::catalogue {
namespace {

bool HasAll(const SourceTable& table, const std::vector<absl::string_view>& columns) {
  return std::all_of(columns.begin(), columns.end(), [&table](absl::string_view column) {
    return std::find(table.header().begin(), table.header().end(), column) != table.header().end();
  });
}

bool IsOfKind(const LayoutRule& rule, absl::string_view kind) {
  return std::find(rule.kinds.begin(), rule.kinds.end(), kind) != rule.kinds.end();
}

std::string Quoted(const LayoutRule& rule) { return absl::StrCat("« ", rule.what, " »"); }

// The columns of each layout of a kind, as a clerk is told them.
std::string Expected(absl::string_view kind) {
  std::vector<std::string> layouts;
  for (const LayoutRule& rule : AllLayouts()) {
    if (IsOfKind(rule, kind)) layouts.push_back(absl::StrJoin(rule.required, ", "));
  }
  return absl::StrJoin(layouts, " ou ");
}

absl::Status Unknown(const SourceTable& table, absl::string_view kind) {
  for (const LayoutRule& rule : AllLayouts()) {
    if (!HasAll(table, rule.required)) continue;
    return rpc::ImportRefused(
        table.name(), 1,
        absl::StrCat("c'est un fichier ", Quoted(rule), ", que prend l'import ", rule.kinds.front(),
                     " et non l'import ", kind));
  }
  return rpc::ImportRefused(
      table.name(), 1,
      absl::StrCat("en-tête inconnu, les colonnes attendues sont : ", Expected(kind)));
}

}  // namespace

absl::Span<const LayoutRule> AllLayouts() {
  static const auto* const layouts = new std::vector<LayoutRule>{
      {Layout::kCommunes,
       {"communes"},
       "communes de l'INSEE",
       {"code_insee", "nom", "code_departement", "codes_postaux", "population", "latitude",
        "longitude"}},
      {Layout::kPostalCodes,
       {"communes"},
       "base officielle des codes postaux de La Poste",
       {"code_commune_insee", "nom_de_la_commune", "code_postal", "_geopoint"}},
      {Layout::kNaf,
       {"naf", "naf2025"},
       "nomenclature d'activités en cinq niveaux",
       {"id_1", "label_1", "id_2", "label_2", "id_3", "label_3", "id_4", "label_4", "id_5",
        "label_5"}},
      {Layout::kEstablishments,
       {"sirene"},
       "stock des établissements de Sirene",
       {"siret", "statutDiffusionEtablissement", "etatAdministratifEtablissement",
        "codePostalEtablissement", "codeCommuneEtablissement", "activitePrincipaleEtablissement",
        "nomenclatureActivitePrincipaleEtablissement"}},
      {Layout::kLegalUnits,
       {"sirene"},
       "stock des unités légales de Sirene",
       {"siren", "statutDiffusionUniteLegale", "denominationUniteLegale", "nomUniteLegale",
        "categorieJuridiqueUniteLegale"}},
      {Layout::kSchools,
       {"schools"},
       "annuaire de l'éducation",
       {"Identifiant_de_l_etablissement", "Nom_etablissement", "Type_etablissement",
        "Statut_public_prive", "Adresse_1", "Code_postal", "Code_commune", "Code_departement"}},
      {Layout::kEverydayWords, {"words"}, "mots de tous les jours", {"mots", "professions"}},
      {Layout::kCompanies,
       {"companies"},
       "entreprises de l'agence",
       {"siret", "display_name", "postal_code", "commune_code"}},
      {Layout::kOffers,
       {"offers"},
       "offres de l'agence",
       {"siret", "key", "rome_code", "title", "audiences"}},
      {Layout::kSessions,
       {"offers"},
       "sessions de l'agence",
       {"siret", "key", "start", "end", "capacity"}},
  };
  return *layouts;
}

absl::StatusOr<Layout> RecogniseLayout(const SourceTable& table, absl::string_view kind) {
  std::vector<const LayoutRule*> found;
  for (const LayoutRule& rule : AllLayouts()) {
    if (IsOfKind(rule, kind) && HasAll(table, rule.required)) found.push_back(&rule);
  }
  if (found.empty()) return Unknown(table, kind);
  if (found.size() > 1) {
    return rpc::ImportRefused(
        table.name(), 1,
        absl::StrCat("l'en-tête est à la fois celui de ", Quoted(*found[0]), " et celui de ",
                     Quoted(*found[1]), " : séparez les deux"));
  }
  return found.front()->layout;
}

absl::Status ReadFiles(const std::vector<SourceFile>& files, absl::string_view kind,
                       const std::function<TakeRow(Layout)>& take,
                       std::vector<std::string>* warnings) {
  if (files.empty()) return rpc::ImportRefused("", 0, "aucun fichier n'a été envoyé");
  for (size_t i = 0; i < files.size(); ++i) {
    auto table = SourceTable::Open(files[i], i);
    if (!table.ok()) return table.status();
    const auto layout = RecogniseLayout(*table, kind);
    if (!layout.ok()) return layout.status();
    const TakeRow take_row = take(*layout);
    if (take_row == nullptr) continue;
    if (warnings != nullptr && !table->warning().empty()) warnings->push_back(table->warning());
    for (;;) {
      const auto more = table->Next();
      if (!more.ok()) return more.status();
      if (!*more) break;
      if (absl::Status status = take_row(*table); !status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

}  // namespace dm::catalogue
