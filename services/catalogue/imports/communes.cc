#include "services/catalogue/imports/communes.h"

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/codes/official_codes.h"
#include "common/rpc/file_upload.h"
#include "services/catalogue/imports/layouts.h"
#include "services/catalogue/imports/once.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace dm::catalogue {
namespace {

constexpr size_t kLongestName = 200;

std::vector<std::string> PostalCodes(RowReader* row) {
  std::vector<std::string> codes = row->List("codes_postaux");
  for (const std::string& code : codes) {
    if (IsPostalCode(code)) continue;
    row->Refuse(
        absl::StrCat("la colonne « codes_postaux » attend des codes de 5 chiffres séparés par |",
                     LostZeros(code, IsPostalCode, 5)));
  }
  std::sort(codes.begin(), codes.end());
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  return codes;
}

absl::Status ReadCommune(const SourceTable& table, Once* once, std::vector<CommuneRow>* out) {
  RowReader row(&table);
  CommuneRow read{
      .origin = table.origin(),
      .code = row.Code("code_insee", IsCommuneCode, "un code INSEE de commune", 5),
      .name = row.Required("nom", kLongestName),
      .department = row.Code("code_departement", IsDepartment, "le code d'un département", 2),
      .postal_codes = PostalCodes(&row),
      .population = static_cast<int>(row.Integer("population", 0, 100'000'000)),
      .latitude = row.Number("latitude", -90, 90),
      .longitude = row.Number("longitude", -180, 180)};
  once->Check(read.code, "ce code INSEE", &row);
  out->push_back(std::move(read));
  return row.status();
}

// La Poste has places in no département too: Monaco is 99138.
bool IsPlaceCode(absl::string_view text) {
  if (text.size() != 5) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool corsica = i == 1 && (text[i] == 'A' || text[i] == 'B');
    if (!corsica && !absl::ascii_isdigit(static_cast<unsigned char>(text[i]))) return false;
  }
  return true;
}

// "46.15,4.93".
std::optional<PostalCommuneRow::Point> Point(RowReader* row) {
  const std::string text = row->Text("_geopoint", 100);
  if (text.empty()) return std::nullopt;
  const std::vector<absl::string_view> parts = absl::StrSplit(text, ',');
  PostalCommuneRow::Point point;
  if (parts.size() == 2 && absl::SimpleAtod(parts[0], &point.latitude) &&
      absl::SimpleAtod(parts[1], &point.longitude) && std::abs(point.latitude) <= 90 &&
      std::abs(point.longitude) <= 180) {
    return point;
  }
  row->Refuse("la colonne « _geopoint » attend une latitude et une longitude");
  return std::nullopt;
}

// Makes the rows of each commune one.
class PostalReader {
 public:
  explicit PostalReader(CommuneLists* lists) : lists_(lists) {}

  absl::Status Read(const SourceTable& table) {
    RowReader row(&table);
    const std::string code =
        row.Code("code_commune_insee", IsPlaceCode, "un code INSEE de commune", 5);
    const std::string name = row.Required("nom_de_la_commune", kLongestName);
    const std::string postal_code =
        row.Code("code_postal", IsPostalCode, "un code postal de 5 chiffres", 5);
    const auto point = Point(&row);
    if (!row.status().ok()) return row.status();
    ++lists_->postal_rows;
    const absl::string_view department = DepartmentOfCommune(code);
    if (!IsDepartment(department)) {
      if (elsewhere_.IsNew(code)) {
        lists_->warnings.push_back(absl::StrCat(table.name(), ", ligne ", table.origin().line,
                                                " : ", code,
                                                " n'est dans aucun département, laissé de côté"));
      }
      return absl::OkStatus();
    }
    const auto [place, is_new] = places_.try_emplace(code, lists_->postal.size());
    if (is_new) {
      lists_->postal.push_back({.origin = table.origin(),
                                .code = code,
                                .name = NameFromCapitals(name),
                                .department = std::string(department)});
    }
    PostalCommuneRow& commune = lists_->postal[place->second];
    if (!commune.point.has_value()) commune.point = point;
    auto& codes = commune.postal_codes;
    const auto at = std::lower_bound(codes.begin(), codes.end(), postal_code);
    if (at == codes.end() || *at != postal_code) codes.insert(at, postal_code);
    return absl::OkStatus();
  }

 private:
  CommuneLists* const lists_;
  absl::flat_hash_map<std::string, size_t> places_;
  Once elsewhere_;
};

}  // namespace

std::string NameFromCapitals(absl::string_view name) {
  static constexpr std::array<absl::string_view, 16> kSmall = {
      "de",   "du",  "des", "d",  "la", "le",  "les", "l",
      "sous", "sur", "en",  "et", "au", "aux", "lès", "a"};
  std::string written;
  for (const absl::string_view part : absl::StrSplit(name, ' ', absl::SkipEmpty())) {
    std::string word = absl::AsciiStrToLower(part);
    if (word == "st") word = "saint";
    if (word == "ste") word = "sainte";
    const bool small = std::find(kSmall.begin(), kSmall.end(), word) != kSmall.end();
    if (written.empty() || !small) word[0] = absl::ascii_toupper(word[0]);
    absl::StrAppend(&written, written.empty() ? "" : " ", word);
  }
  return written;
}

absl::StatusOr<CommuneLists> ParseCommunes(const std::vector<SourceFile>& files) {
  CommuneLists lists;
  Once once;
  PostalReader postal(&lists);
  std::vector<std::string> warnings;
  const absl::Status status = ReadFiles(
      files, "communes",
      [&](Layout layout) -> TakeRow {
        if (layout == Layout::kPostalCodes) {
          return [&](const SourceTable& row) { return postal.Read(row); };
        }
        return [&](const SourceTable& row) { return ReadCommune(row, &once, &lists.communes); };
      },
      &warnings);
  if (!status.ok()) return status;
  if (lists.communes.empty() && lists.postal.empty()) {
    return rpc::ImportRefused(files.front().name, 0, "le fichier ne contient aucune ligne");
  }
  lists.warnings.insert(lists.warnings.begin(), warnings.begin(), warnings.end());
  return lists;
}

}  // namespace dm::catalogue
