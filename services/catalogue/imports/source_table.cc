#include "services/catalogue/imports/source_table.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/rpc/file_upload.h"
#include "services/catalogue/imports/charset.h"

#include <algorithm>
#include <cmath>

namespace dm::catalogue {
namespace {

char SeparatorOf(absl::string_view text) {
  const absl::string_view header = text.substr(0, text.find('\n'));
  return std::count(header.begin(), header.end(), ';') >
                 std::count(header.begin(), header.end(), ',')
             ? ';'
             : ',';
}

size_t Characters(absl::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
  }));
}

}  // namespace

absl::StatusOr<SourceTable> SourceTable::Open(const SourceFile& source, size_t file) {
  SourceTable table;
  table.name_ = source.name;
  table.file_ = file;
  if (source.content.find('\0') != std::string::npos) {
    return table.FileRefused("ce n'est pas un fichier de texte");
  }
  table.text_ = std::make_unique<std::string>(ToUtf8(source.content));
  table.reader_ = std::make_unique<CsvReader>(*table.text_, SeparatorOf(*table.text_));
  const auto found = table.reader_->Next(&table.header_);
  table.line_ = table.reader_->line();
  if (!found.ok()) return table.Refused("guillemets mal placés ou jamais fermés");
  if (!*found) return table.FileRefused("le fichier est vide");
  for (std::string& column : table.header_) absl::StripAsciiWhitespace(&column);
  return table;
}

bool SourceTable::Has(std::initializer_list<absl::string_view> columns) const {
  return std::all_of(columns.begin(), columns.end(), [this](absl::string_view column) {
    return std::find(header_.begin(), header_.end(), column) != header_.end();
  });
}

absl::StatusOr<bool> SourceTable::Next() {
  const auto found = reader_->Next(&cells_);
  line_ = reader_->line();
  if (!found.ok()) return Refused("guillemets mal placés ou jamais fermés");
  if (!*found) return false;
  if (cells_.size() != header_.size()) {
    return Refused(
        absl::StrCat(header_.size(), " cellules attendues, ", cells_.size(), " trouvées"));
  }
  for (std::string& cell : cells_) absl::StripAsciiWhitespace(&cell);
  ++rows_;
  return true;
}

const std::string& SourceTable::Cell(absl::string_view column) const {
  static const auto* const empty = new std::string;
  const auto found = std::find(header_.begin(), header_.end(), column);
  return found == header_.end() ? *empty : cells_[static_cast<size_t>(found - header_.begin())];
}

absl::Status SourceTable::Refused(absl::string_view cause) const {
  return rpc::ImportRefused(name_, line_, cause);
}

absl::Status SourceTable::FileRefused(absl::string_view cause) const {
  return rpc::ImportRefused(name_, 0, cause);
}

std::string RowReader::Text(absl::string_view column, size_t longest) {
  const std::string& cell = table_->Cell(column);
  if (Characters(cell) > longest) {
    Refuse(absl::StrCat("la colonne « ", column, " » dépasse ", longest, " caractères"));
  }
  return cell;
}

std::string RowReader::Required(absl::string_view column, size_t longest) {
  std::string text = Text(column, longest);
  if (text.empty()) Refuse(absl::StrCat("la colonne « ", column, " » est vide"));
  return text;
}

std::string RowReader::Code(absl::string_view column, bool (*is_right)(absl::string_view),
                            absl::string_view expected) {
  std::string code = Required(column, 100);
  if (!code.empty() && !is_right(code)) {
    Refuse(absl::StrCat("la colonne « ", column, " » attend ", expected));
  }
  return code;
}

std::vector<std::string> RowReader::List(absl::string_view column) {
  std::vector<std::string> parts;
  for (absl::string_view part : absl::StrSplit(table_->Cell(column), '|', absl::SkipWhitespace())) {
    parts.emplace_back(absl::StripAsciiWhitespace(part));
  }
  return parts;
}

bool RowReader::Flag(absl::string_view column, bool unstated) {
  const std::string& cell = table_->Cell(column);
  if (cell == "O") return true;
  if (cell == "N") return false;
  if (!cell.empty()) Refuse(absl::StrCat("la colonne « ", column, " » attend O ou N"));
  return unstated;
}

int64_t RowReader::Integer(absl::string_view column, int64_t least, int64_t greatest) {
  int64_t value = 0;
  if (!absl::SimpleAtoi(table_->Cell(column), &value) || value < least || value > greatest) {
    Refuse(absl::StrCat("la colonne « ", column, " » attend un nombre entier de ", least, " à ",
                        greatest));
  }
  return value;
}

double RowReader::Number(absl::string_view column, double least, double greatest) {
  double value = 0;
  if (!absl::SimpleAtod(table_->Cell(column), &value) || !std::isfinite(value) || value < least ||
      value > greatest) {
    Refuse(
        absl::StrCat("la colonne « ", column, " » attend un nombre de ", least, " à ", greatest));
  }
  return value;
}

void RowReader::Refuse(absl::string_view cause) {
  if (status_.ok()) status_ = table_->Refused(cause);
}

}  // namespace dm::catalogue
