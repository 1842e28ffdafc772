#include "services/catalogue/imports/rome_rows.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/codes/official_codes.h"

#include <algorithm>
#include <array>

namespace dm::catalogue {
namespace {

bool AreDigits(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

int EcologicalTransition(RowReader& row) {
  constexpr std::array<absl::string_view, 5> kWords = {
      "", "Emploi Vert", "Emploi stratégique pour la Transition écologique", "Emploi Blanc",
      "Emploi Brun"};
  const std::string word = row.Text("transition_eco", 100);
  const auto* const found = std::find(kWords.begin(), kWords.end(), word);
  if (found != kWords.end()) return static_cast<int>(found - kWords.begin());
  row.Refuse(
      "la colonne « transition_eco » attend Emploi Vert, Blanc, Brun ou stratégique pour la "
      "Transition écologique");
  return 0;
}

}  // namespace

bool IsOgrCode(absl::string_view text) {
  return !text.empty() && text.size() <= 10 && AreDigits(text);
}

bool IsDomainCode(absl::string_view text) {
  return text.size() == 3 && absl::ascii_isupper(text[0]) && AreDigits(text.substr(1));
}

bool IsThemeCode(absl::string_view text) { return text.size() == 3 && AreDigits(text); }

void AddCode(RowReader& row, const std::string& code, size_t place, CodePlaces* codes) {
  if (!codes->emplace(code, place).second) {
    row.Refuse(absl::StrCat("le code ", code, " est déjà dans le fichier"));
  }
}

std::pair<std::string, std::optional<size_t>> KnownCode(RowReader& row, absl::string_view column,
                                                        bool (*is_right)(absl::string_view),
                                                        absl::string_view expected,
                                                        const CodePlaces& codes,
                                                        absl::string_view file) {
  std::string code = row.Code(column, is_right, expected);
  const auto found = codes.find(code);
  if (found != codes.end()) return {std::move(code), found->second};
  row.Refuse(absl::StrCat("le code ", code, " n'est pas dans le fichier des ", file));
  return {std::move(code), std::nullopt};
}

std::pair<std::string, std::optional<size_t>> KnownProfession(RowReader& row,
                                                              const CodePlaces& professions) {
  return KnownCode(row, "code_rome", IsRomeCode, kRomeShape, professions, "métiers");
}

std::optional<bool> Stated(RowReader& row, absl::string_view column) {
  if (row.Text(column, 1).empty()) return std::nullopt;
  return row.Flag(column, false);
}

RomeFlags ReadFlags(RowReader& row) {
  return {.ecological_transition = EcologicalTransition(row),
          .digital_transition = Stated(row, "transition_num"),
          .demographic_transition = Stated(row, "transition_demo"),
          .regulated = Stated(row, "emploi_reglemente"),
          .executive = Stated(row, "emploi_cadre")};
}

std::string RiasecLetter(RowReader& row, absl::string_view column) {
  std::string letter = row.Text(column, 10);
  if (!letter.empty() && (letter.size() != 1 || !absl::StrContains("RIASEC", letter))) {
    row.Refuse("une lettre de RIASEC est attendue");
  }
  return letter;
}

}  // namespace dm::catalogue
