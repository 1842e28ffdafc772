#include "common/codes/official_codes.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace dm {
namespace {

struct Department {
  absl::string_view code;
  absl::string_view name;
};

// In the order of their codes, so that a binary search finds them.
constexpr std::array kDepartments = {
    Department{"01", "Ain"},
    Department{"02", "Aisne"},
    Department{"03", "Allier"},
    Department{"04", "Alpes-de-Haute-Provence"},
    Department{"05", "Hautes-Alpes"},
    Department{"06", "Alpes-Maritimes"},
    Department{"07", "Ardèche"},
    Department{"08", "Ardennes"},
    Department{"09", "Ariège"},
    Department{"10", "Aube"},
    Department{"11", "Aude"},
    Department{"12", "Aveyron"},
    Department{"13", "Bouches-du-Rhône"},
    Department{"14", "Calvados"},
    Department{"15", "Cantal"},
    Department{"16", "Charente"},
    Department{"17", "Charente-Maritime"},
    Department{"18", "Cher"},
    Department{"19", "Corrèze"},
    Department{"21", "Côte-d'Or"},
    Department{"22", "Côtes-d'Armor"},
    Department{"23", "Creuse"},
    Department{"24", "Dordogne"},
    Department{"25", "Doubs"},
    Department{"26", "Drôme"},
    Department{"27", "Eure"},
    Department{"28", "Eure-et-Loir"},
    Department{"29", "Finistère"},
    Department{"2A", "Corse-du-Sud"},
    Department{"2B", "Haute-Corse"},
    Department{"30", "Gard"},
    Department{"31", "Haute-Garonne"},
    Department{"32", "Gers"},
    Department{"33", "Gironde"},
    Department{"34", "Hérault"},
    Department{"35", "Ille-et-Vilaine"},
    Department{"36", "Indre"},
    Department{"37", "Indre-et-Loire"},
    Department{"38", "Isère"},
    Department{"39", "Jura"},
    Department{"40", "Landes"},
    Department{"41", "Loir-et-Cher"},
    Department{"42", "Loire"},
    Department{"43", "Haute-Loire"},
    Department{"44", "Loire-Atlantique"},
    Department{"45", "Loiret"},
    Department{"46", "Lot"},
    Department{"47", "Lot-et-Garonne"},
    Department{"48", "Lozère"},
    Department{"49", "Maine-et-Loire"},
    Department{"50", "Manche"},
    Department{"51", "Marne"},
    Department{"52", "Haute-Marne"},
    Department{"53", "Mayenne"},
    Department{"54", "Meurthe-et-Moselle"},
    Department{"55", "Meuse"},
    Department{"56", "Morbihan"},
    Department{"57", "Moselle"},
    Department{"58", "Nièvre"},
    Department{"59", "Nord"},
    Department{"60", "Oise"},
    Department{"61", "Orne"},
    Department{"62", "Pas-de-Calais"},
    Department{"63", "Puy-de-Dôme"},
    Department{"64", "Pyrénées-Atlantiques"},
    Department{"65", "Hautes-Pyrénées"},
    Department{"66", "Pyrénées-Orientales"},
    Department{"67", "Bas-Rhin"},
    Department{"68", "Haut-Rhin"},
    Department{"69", "Rhône"},
    Department{"70", "Haute-Saône"},
    Department{"71", "Saône-et-Loire"},
    Department{"72", "Sarthe"},
    Department{"73", "Savoie"},
    Department{"74", "Haute-Savoie"},
    Department{"75", "Paris"},
    Department{"76", "Seine-Maritime"},
    Department{"77", "Seine-et-Marne"},
    Department{"78", "Yvelines"},
    Department{"79", "Deux-Sèvres"},
    Department{"80", "Somme"},
    Department{"81", "Tarn"},
    Department{"82", "Tarn-et-Garonne"},
    Department{"83", "Var"},
    Department{"84", "Vaucluse"},
    Department{"85", "Vendée"},
    Department{"86", "Vienne"},
    Department{"87", "Haute-Vienne"},
    Department{"88", "Vosges"},
    Department{"89", "Yonne"},
    Department{"90", "Territoire de Belfort"},
    Department{"91", "Essonne"},
    Department{"92", "Hauts-de-Seine"},
    Department{"93", "Seine-Saint-Denis"},
    Department{"94", "Val-de-Marne"},
    Department{"95", "Val-d'Oise"},
    Department{"971", "Guadeloupe"},
    Department{"972", "Martinique"},
    Department{"973", "Guyane"},
    Department{"974", "La Réunion"},
    Department{"975", "Saint-Pierre-et-Miquelon"},
    Department{"976", "Mayotte"},
    Department{"977", "Saint-Barthélemy"},
    Department{"978", "Saint-Martin"},
    Department{"986", "Wallis-et-Futuna"},
    Department{"987", "Polynésie française"},
    Department{"988", "Nouvelle-Calédonie"},
};

bool AllDigits(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

}  // namespace

bool IsRomeCode(absl::string_view text) {
  return text.size() == 5 && absl::ascii_isupper(text[0]) && AllDigits(text.substr(1));
}

bool IsListCode(absl::string_view text) {
  return !text.empty() && text.size() <= 10 &&
         std::all_of(text.begin(), text.end(), absl::ascii_isalnum);
}

bool IsCommuneCode(absl::string_view text) {
  return text.size() == 5 && absl::ascii_isdigit(text[0]) &&
         (absl::ascii_isdigit(text[1]) || text[1] == 'A' || text[1] == 'B') &&
         AllDigits(text.substr(2)) && IsDepartment(DepartmentOfCommune(text));
}

bool IsPostalCode(absl::string_view text) { return text.size() == 5 && AllDigits(text); }

bool IsNafCode(absl::string_view text) {
  return text.size() == 6 && AllDigits(text.substr(0, 2)) && text[2] == '.' &&
         AllDigits(text.substr(3, 2)) && absl::ascii_isupper(text[5]);
}

bool IsUai(absl::string_view text) {
  // Without I, O and Q, which look like digits.
  constexpr absl::string_view kLetters = "ABCDEFGHJKLMNPRSTUVWXYZ";
  uint32_t number = 0;
  return text.size() == 8 && AllDigits(text.substr(0, 7)) &&
         absl::SimpleAtoi(text.substr(0, 7), &number) &&
         text[7] == kLetters[number % kLetters.size()];
}

absl::string_view DepartmentName(absl::string_view code) {
  const auto* found = std::lower_bound(kDepartments.begin(), kDepartments.end(), code,
                                       [](const Department& department, absl::string_view wanted) {
                                         return department.code < wanted;
                                       });
  if (found == kDepartments.end() || found->code != code) return "";
  return found->name;
}

bool IsDepartment(absl::string_view code) { return !DepartmentName(code).empty(); }

absl::string_view DepartmentOfCommune(absl::string_view commune_code) {
  const bool overseas =
      absl::StartsWith(commune_code, "97") || absl::StartsWith(commune_code, "98");
  return commune_code.substr(0, overseas ? 3 : 2);
}

}  // namespace dm
