#include "services/ambassador/imports/table.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/ambassador/domain/characters.h"

#include <algorithm>

namespace dm::ambassador::imports {

absl::StatusOr<Table> Table::Open(const rpc::UploadedFile& file) {
  if (!IsText(file.content)) {
    return rpc::ImportRefused(file.name, 0, "le fichier n'est pas du texte en UTF-8");
  }
  Table table(file);
  const auto header = table.reader_.Next(&table.cells_);
  if (!header.ok() || !*header) return table.Refuse("l'en-tête manque ou n'est pas lisible");
  for (size_t i = 0; i < table.cells_.size(); ++i) {
    const std::string name(absl::StripAsciiWhitespace(table.cells_[i]));
    if (!table.columns_.emplace(name, i).second) {
      return table.Refuse("une colonne figure deux fois dans l'en-tête");
    }
  }
  return table;
}

bool Table::Has(const std::vector<std::string>& columns) const {
  return std::all_of(columns.begin(), columns.end(),
                     [this](const std::string& column) { return columns_.contains(column); });
}

std::vector<std::string> Table::Others(const std::vector<std::string>& columns) const {
  std::vector<std::string> others;
  for (const auto& [name, position] : columns_) {
    if (std::find(columns.begin(), columns.end(), name) == columns.end()) others.push_back(name);
  }
  return others;
}

absl::StatusOr<bool> Table::Next() {
  const auto next = reader_.Next(&cells_);
  if (!next.ok()) return Refuse("les guillemets ne sont pas équilibrés");
  if (*next && cells_.size() != columns_.size()) {
    return Refuse(
        absl::StrCat("la ligne a ", cells_.size(), " cellules au lieu de ", columns_.size()));
  }
  return *next;
}

std::string Table::Cell(const std::string& column) const {
  return std::string(absl::StripAsciiWhitespace(cells_[columns_.at(column)]));
}

absl::Status Table::Refuse(absl::string_view cause) const {
  return rpc::ImportRefused(file_, reader_.line(), cause);
}

}  // namespace dm::ambassador::imports
