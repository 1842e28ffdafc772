#include "services/catalogue/imports/schools.h"

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/codes/official_codes.h"
#include "common/codes/siret.h"
#include "common/rpc/file_upload.h"
#include "services/catalogue/imports/layouts.h"

#include <array>
#include <utility>

namespace dm::catalogue {
namespace {

constexpr size_t kLongestName = 300;

// What the directory calls a school, in capitals and cut, and what people call it.
struct Nature {
  absl::string_view directory;
  absl::string_view people;
};
constexpr std::array kNatures = {
    Nature{"COLLEGE", "Collège"},
    Nature{"LYCEE D ENSEIGNEMENT GENERAL", "Lycée général"},
    Nature{"LYCEE D ENSEIGNEMENT TECHNOLOGIQUE", "Lycée technologique"},
    Nature{"LYCEE ENSEIGNT GENERAL ET TECHNOLOGIQUE", "Lycée général et technologique"},
    Nature{"LYCEE ENS GENERAL TECHNO PROF AGRICOLE",
           "Lycée général, technologique et professionnel agricole"},
    Nature{"LYCEE POLYVALENT", "Lycée polyvalent"},
    Nature{"LYCEE PROFESSIONNEL", "Lycée professionnel"},
    Nature{"LYCEE EXPERIMENTAL", "Lycée expérimental"},
    Nature{"SECTION D ENSEIGNEMENT PROFESSIONNEL", "Section d'enseignement professionnel"},
    Nature{"SECTION ENSEIGT GENERAL ET TECHNOLOGIQUE",
           "Section d'enseignement général et technologique"},
};

std::string Kind(RowReader* row) {
  const std::string nature = row->Text("libelle_nature", kLongestName);
  for (const Nature& known : kNatures) {
    if (nature == known.directory) return std::string(known.people);
  }
  return row->Required("Type_etablissement", kLongestName);
}

// The directory writes three digits: "014" for the Calvados, "974" for La Réunion.
bool IsLongDepartment(absl::string_view text) {
  return text.size() == 3 &&
         (IsDepartment(text) || (text[0] == '0' && IsDepartment(text.substr(1))));
}

std::string Department(RowReader* row) {
  const std::string code = row->Code("Code_departement", IsLongDepartment,
                                     "le code d'un département sur trois signes (014)", 3);
  return IsDepartment(code) || code.size() < 3 ? code : code.substr(1);
}

bool IsPublic(RowReader* row) {
  const std::string status = row->Required("Statut_public_prive", 20);
  if (status != "Public" && status != "Privé") {
    row->Refuse("la colonne « Statut_public_prive » attend Public ou Privé");
  }
  return status == "Public";
}

std::optional<absl::CivilDay> UpdatedOn(RowReader* row) {
  const std::string text = row->Text("date_maj_ligne", 10);
  absl::CivilDay day;
  if (text.empty()) return std::nullopt;
  if (!absl::ParseCivilTime(text, &day)) {
    row->Refuse("la colonne « date_maj_ligne » attend une date comme 2024-03-19");
  }
  return day;
}

class SchoolReader {
 public:
  explicit SchoolReader(SchoolList* list) : list_(list) {}

  absl::Status Read(const SourceTable& table) {
    RowReader row(&table);
    SchoolRow read{
        .origin = table.origin(),
        .uai = row.Code("Identifiant_de_l_etablissement", IsUai,
                        "un UAI (sept chiffres et leur lettre de contrôle)", 8),
        .display_name = row.Required("Nom_etablissement", kLongestName),
        .kind = Kind(&row),
        .is_public = IsPublic(&row),
        .street = row.Text("Adresse_1", kLongestName),
        .postal_code = row.Code("Code_postal", IsPostalCode, "un code postal de 5 chiffres", 5),
        .commune_code = row.Code("Code_commune", IsCommuneCode, "un code INSEE de commune", 5),
        .commune = row.Text("Nom_commune", kLongestName),
        .department = Department(&row),
        .siret = row.Text("SIREN_SIRET", 20)};
    if (!IsSiret(read.siret)) read.siret.clear();
    const auto updated = UpdatedOn(&row);
    if (!row.status().ok()) return row.status();
    ++list_->rows;
    if (updated.has_value() && (!list_->published.has_value() || *list_->published < *updated)) {
      list_->published = updated;
    }
    const auto [first, is_new] = lines_.try_emplace(read.uai, read.origin.line);
    if (is_new) {
      list_->schools.push_back(std::move(read));
    } else {
      list_->warnings.push_back(absl::StrCat(table.name(), ", ligne ", read.origin.line,
                                             " : l'établissement ", read.uai, " est déjà ligne ",
                                             first->second, ", qui seule compte"));
    }
    return absl::OkStatus();
  }

 private:
  SchoolList* const list_;
  absl::flat_hash_map<std::string, int> lines_;
};

}  // namespace

absl::StatusOr<SchoolList> ParseSchools(const std::vector<SourceFile>& files) {
  SchoolList list;
  SchoolReader reader(&list);
  const absl::Status status = ReadFiles(
      files, "schools",
      [&](Layout) -> TakeRow { return [&](const SourceTable& row) { return reader.Read(row); }; },
      &list.warnings);
  if (!status.ok()) return status;
  if (list.schools.empty()) {
    return rpc::ImportRefused(files.front().name, 0, "le fichier ne contient aucune ligne");
  }
  return list;
}

}  // namespace dm::catalogue
