#pragma once

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "services/catalogue/imports/rome_export.h"
#include "services/catalogue/imports/rome_files.h"
#include "services/catalogue/imports/source_table.h"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

// What the readers of ROME's files have in common.
namespace dm::catalogue {

constexpr size_t kLongestLabel = 500;
constexpr size_t kLongestText = 20000;
constexpr absl::string_view kRomeShape = "un code ROME (une lettre et quatre chiffres)";
constexpr absl::string_view kListShape = "un code de lettres ou de chiffres";
constexpr absl::string_view kOgrShape = "un code OGR (des chiffres)";

// One to ten digits.
bool IsOgrCode(absl::string_view text);
// A letter and two digits: the first three signs of a ROME code.
bool IsDomainCode(absl::string_view text);
bool IsThemeCode(absl::string_view text);

// The codes of a file, each with the place of its row.
using CodePlaces = absl::flat_hash_map<std::string, size_t>;

// Refuses a row whose code is there already; `place` is that of the row.
void AddCode(RowReader& row, const std::string& code, size_t place, CodePlaces* codes);
// The code that a row names and its place; refused, and at no place, when `file`, as one calls it
// in French, does not have it.
std::pair<std::string, std::optional<size_t>> KnownCode(RowReader& row, absl::string_view column,
                                                        bool (*is_right)(absl::string_view),
                                                        absl::string_view expected,
                                                        const CodePlaces& codes,
                                                        absl::string_view file);
std::pair<std::string, std::optional<size_t>> KnownProfession(RowReader& row,
                                                              const CodePlaces& professions);

// O, N or nothing.
std::optional<bool> Stated(RowReader& row, absl::string_view column);
RomeFlags ReadFlags(RowReader& row);
// A letter of RIASEC or nothing.
std::string RiasecLetter(RowReader& row, absl::string_view column);

// The steps of ParseRome, each of which reads what the earlier ones did not. `professions` are
// those of `rome`, by code.
absl::Status ReadProfessions(RomeFiles& files, RomeExport* rome, CodePlaces* professions);
absl::Status ReadLists(RomeFiles& files, const CodePlaces& professions, RomeExport* rome);
absl::Status ReadSkills(RomeFiles& files, const CodePlaces& professions, RomeExport* rome);
// What files say that repeat what is in `rome`; what differs is worth a warning.
absl::Status CheckRepetitions(RomeFiles& files, RomeExport* rome);

}  // namespace dm::catalogue
