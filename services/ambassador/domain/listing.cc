#include "services/ambassador/domain/listing.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/codes/official_codes.h"
#include "common/codes/siret.h"
#include "common/text/uuid.h"
#include "services/ambassador/domain/characters.h"
#include "services/ambassador/domain/codes.h"

#include <algorithm>

namespace dm::ambassador {
namespace {

constexpr size_t kMostProfessions = 5;
constexpr size_t kMostSectors = 10;
constexpr int kMostSeats = 500;
constexpr absl::Duration kLongestMeeting = absl::Hours(12);

struct TextRule {
  absl::string_view column;
  const std::string& text;
  size_t most_characters;
  bool required;
};

std::string MistakeOfTexts(const Ambassador& ambassador) {
  const TextRule rules[] = {
      {"display_name", ambassador.display_name, 100, true},
      {"job_title", ambassador.job_title, 200, true},
      {"company_display_name", ambassador.company_display_name, 200, true},
      {"presentation", ambassador.presentation, 4000, false},
      {"street", ambassador.place.street, 200, false},
      {"commune", ambassador.place.commune, 100, true},
  };
  for (const TextRule& rule : rules) {
    if (rule.required && rule.text.empty()) {
      return absl::StrCat("la colonne ", rule.column, " est vide");
    }
    if (CountCharacters(rule.text) > rule.most_characters) {
      return absl::StrCat("la colonne ", rule.column, " dépasse ", rule.most_characters,
                          " caractères");
    }
  }
  return "";
}

std::string MistakeOfList(absl::string_view column, const std::vector<std::string>& values,
                          size_t least, size_t most, bool (*is_known)(absl::string_view)) {
  if (values.size() < least) return absl::StrCat("la colonne ", column, " est vide");
  if (values.size() > most) {
    return absl::StrCat("la colonne ", column, " a plus de ", most, " valeurs");
  }
  if (!std::all_of(values.begin(), values.end(),
                   [&](const std::string& value) { return is_known(value); })) {
    return absl::StrCat("la colonne ", column, " contient un code inconnu");
  }
  return "";
}

std::string MistakeOfLists(const Ambassador& ambassador) {
  for (std::string mistake :
       {MistakeOfList("rome_codes", ambassador.rome_codes, 1, kMostProfessions, IsRomeCode),
        MistakeOfList("sectors", ambassador.sectors, 0, kMostSectors, IsListCode),
        MistakeOfList("formats", ambassador.formats, 1, 3, IsFormat),
        MistakeOfList("audiences", ambassador.audiences, 1, 7, IsAudience)}) {
    if (!mistake.empty()) return mistake;
  }
  return "";
}

std::string MistakeOfPlace(const Place& place) {
  if (!IsPostalCode(place.postal_code)) return "le code postal n'a pas cinq chiffres";
  if (!IsDepartment(place.department)) return "le code du département est inconnu";
  if (!IsCommuneCode(place.commune_code)) return "le code INSEE de la commune n'en est pas un";
  if (DepartmentOfCommune(place.commune_code) != place.department) {
    return "la commune n'est pas dans ce département";
  }
  // Written so that NaN is a mistake.
  const bool on_earth = place.latitude >= -90 && place.latitude <= 90 && place.longitude >= -180 &&
                        place.longitude <= 180;
  return on_earth ? "" : "les coordonnées sont hors limites";
}

}  // namespace

std::string MistakeOf(const Ambassador& ambassador) {
  if (!IsUuid(ambassador.id)) return "l'identifiant n'est pas un UUID";
  if (!ambassador.siret.empty() && !IsSiret(ambassador.siret)) return "le SIRET n'est pas valide";
  for (std::string mistake :
       {MistakeOfTexts(ambassador), MistakeOfLists(ambassador), MistakeOfPlace(ambassador.place)}) {
    if (!mistake.empty()) return mistake;
  }
  return "";
}

std::string MistakeOf(const Session& session) {
  if (!IsUuid(session.ambassador_id)) return "l'identifiant de l'ambassadeur n'est pas un UUID";
  if (session.end_time <= session.start_time) return "la fin n'est pas après le début";
  if (session.end_time - session.start_time > kLongestMeeting) {
    return "la rencontre dure plus de douze heures";
  }
  if (session.capacity < 1 || session.capacity > kMostSeats) {
    return "le nombre de places n'est pas entre 1 et 500";
  }
  return IsFormat(session.format) ? "" : "le format est inconnu";
}

std::string TitleOfMeeting(const Ambassador& ambassador) {
  return absl::StrCat("Rencontre : ", ambassador.job_title);
}

}  // namespace dm::ambassador
