#include "services/catalogue/imports/everyday_words.h"

#include "absl/strings/str_split.h"
#include "common/codes/official_codes.h"
#include "services/catalogue/domain/words.h"
#include "services/catalogue/imports/layouts.h"
#include "services/catalogue/imports/once.h"

#include <algorithm>
#include <utility>

namespace dm::catalogue {
namespace {

constexpr size_t kLongestWords = 100;
constexpr size_t kMostProfessions = 20;

absl::Status ReadWords(const SourceTable& table, Once* once, std::vector<EverydayWordsRow>* out) {
  RowReader row(&table);
  EverydayWordsRow read{.origin = table.origin(), .words = row.Required("mots", kLongestWords)};
  const std::string folded = FoldWords(read.words);
  if (!read.words.empty() && folded.empty()) {
    row.Refuse("la colonne « mots » ne dit rien : elle n'a que des mots comme « le » ou « de »");
  }
  once->Check(folded, "ces mots, à l'accord près,", &row);
  for (const absl::string_view code :
       absl::StrSplit(row.Text("professions", 1000), absl::ByAnyChar(" |"), absl::SkipEmpty())) {
    if (!IsRomeCode(code)) {
      row.Refuse("la colonne « professions » attend des codes ROME séparés par des espaces");
    }
    const auto& known = read.professions;
    if (std::find(known.begin(), known.end(), code) == known.end()) {
      read.professions.emplace_back(code);
    }
  }
  if (read.professions.size() > kMostProfessions) {
    row.Refuse("la colonne « professions » a plus de 20 codes");
  }
  out->push_back(std::move(read));
  return row.status();
}

}  // namespace

absl::StatusOr<std::vector<EverydayWordsRow>> ParseEverydayWordsList(
    const std::vector<SourceFile>& files, std::vector<std::string>* warnings) {
  std::vector<EverydayWordsRow> rows;
  Once once;
  const absl::Status status = ReadFiles(
      files, "words",
      [&](Layout) -> TakeRow {
        return [&](const SourceTable& row) { return ReadWords(row, &once, &rows); };
      },
      warnings);
  if (!status.ok()) return status;
  return rows;
}

}  // namespace dm::catalogue
