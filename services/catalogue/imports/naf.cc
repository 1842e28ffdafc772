#include "services/catalogue/imports/naf.h"

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/codes/official_codes.h"
#include "common/rpc/file_upload.h"
#include "services/catalogue/imports/layouts.h"

#include <array>
#include <utility>

namespace dm::catalogue {
namespace {

constexpr size_t kLongestLabel = 300;

// Digits, with a point after the second.
bool IsNumber(absl::string_view text, size_t length) {
  if (text.size() != length) return false;
  for (size_t i = 0; i < length; ++i) {
    if (i == 2 ? text[i] != '.' : !absl::ascii_isdigit(static_cast<unsigned char>(text[i]))) {
      return false;
    }
  }
  return true;
}

bool IsSection(absl::string_view text) {
  return text.size() == 1 && absl::ascii_isupper(static_cast<unsigned char>(text[0]));
}
bool IsDivision(absl::string_view text) { return IsNumber(text, 2); }
bool IsGroup(absl::string_view text) { return IsNumber(text, 4); }
bool IsClass(absl::string_view text) { return IsNumber(text, 5); }

struct Level {
  const char* code_column;
  const char* label_column;
  bool (*is_right)(absl::string_view);
  const char* expected;
  size_t length;
};
constexpr std::array<Level, 5> kLevels = {{
    {"id_1", "label_1", IsSection, "une section comme C", 0},
    {"id_2", "label_2", IsDivision, "une division comme 01", 2},
    {"id_3", "label_3", IsGroup, "un groupe comme 01.1", 4},
    {"id_4", "label_4", IsClass, "une classe comme 01.11", 5},
    {"id_5", "label_5", IsNafCode, "une sous-classe comme 01.11Z", 6},
}};

class NafReader {
 public:
  explicit NafReader(NafList* list) : list_(list) {}

  absl::Status Read(const SourceTable& table) {
    RowReader row(&table);
    ++list_->rows;
    std::string parent;
    for (size_t i = 0; i < kLevels.size(); ++i) {
      const Level& level = kLevels[i];
      NafRow read{.origin = table.origin(),
                  .code = row.Code(level.code_column, level.is_right, level.expected, level.length),
                  .label = row.Required(level.label_column, kLongestLabel),
                  .level = static_cast<int>(i) + 1,
                  .parent = parent};
      // A section is a letter, which its divisions do not begin with.
      if (i > 1 && !absl::StartsWith(read.code, parent)) {
        row.Refuse(absl::StrCat("le code ", read.code, " n'est pas sous ", parent));
      }
      if (!row.status().ok()) return row.status();
      parent = read.code;
      Keep(std::move(read), &row);
    }
    return row.status();
  }

 private:
  void Keep(NafRow read, RowReader* row) {
    const auto [place, is_new] = places_.try_emplace(read.code, list_->codes.size());
    if (is_new) {
      list_->codes.push_back(std::move(read));
      return;
    }
    const NafRow& first = list_->codes[place->second];
    if (first.label != read.label || first.parent != read.parent) {
      row->Refuse(absl::StrCat("le code ", read.code, " est déjà ligne ", first.origin.line,
                               " sous un autre code ou avec un autre libellé"));
    }
  }

  NafList* const list_;
  absl::flat_hash_map<std::string, size_t> places_;
};

}  // namespace

absl::StatusOr<NafList> ParseNaf(const std::vector<SourceFile>& files, absl::string_view kind,
                                 std::vector<std::string>* warnings) {
  NafList list;
  NafReader reader(&list);
  const absl::Status status = ReadFiles(
      files, kind,
      [&](Layout) -> TakeRow { return [&](const SourceTable& row) { return reader.Read(row); }; },
      warnings);
  if (!status.ok()) return status;
  // Else every code would become obsolete.
  if (list.codes.empty()) {
    return rpc::ImportRefused(files.front().name, 0, "le fichier ne contient aucune ligne");
  }
  return list;
}

}  // namespace dm::catalogue
