#include "services/catalogue/imports/source_table.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/rpc/file_upload.h"
#include "services/catalogue/imports/charset.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace dm::catalogue {
namespace {

constexpr size_t kMostCellBytes = size_t{1} << 20;

// The one of which the header has more, outside quotes.
char SeparatorOf(absl::string_view text) {
  int commas = 0;
  int semicolons = 0;
  bool quoted = false;
  const size_t start = std::min(text.find_first_not_of("\r\n\xEF\xBB\xBF"), text.size());
  for (const char sign : text.substr(start)) {
    if (sign == '"') quoted = !quoted;
    if (quoted) continue;
    if (sign == '\n') break;
    commas += sign == ',' ? 1 : 0;
    semicolons += sign == ';' ? 1 : 0;
  }
  return semicolons > commas ? ';' : ',';
}

int LineAt(absl::string_view text, size_t place) {
  return 1 + static_cast<int>(
                 std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(place), '\n'));
}

// Whether a carriage return ends lines by itself, as on computers of the last century.
bool HasLoneReturn(absl::string_view cell) {
  for (size_t i = cell.find('\r'); i != absl::string_view::npos; i = cell.find('\r', i + 1)) {
    if (i + 1 == cell.size() || cell[i + 1] != '\n') return true;
  }
  return false;
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
  if (absl::Status status = table.Decode(source.content); !status.ok()) return status;
  if (absl::Status status = table.ReadHeader(); !status.ok()) return status;
  return table;
}

absl::Status SourceTable::Decode(const std::string& content) {
  if (absl::StartsWith(content, "\xFF\xFE") || absl::StartsWith(content, "\xFE\xFF")) {
    return FileRefused("le fichier est en UTF-16 : enregistrez-le en UTF-8");
  }
  if (const size_t zero = content.find('\0'); zero != std::string::npos) {
    line_ = LineAt(content, zero);
    return Refused("un octet nul : ce n'est pas un fichier de texte, ou il est abîmé");
  }
  if (const auto foreign = FirstNotUtf8(content); foreign.has_value()) {
    warning_ = absl::StrCat(name_, ", ligne ", LineAt(content, *foreign),
                            " : ce n'est pas de l'UTF-8, le fichier est lu comme de "
                            "l'ISO-8859-15 ou du Windows-1252");
  }
  text_ = std::make_unique<std::string>(ToUtf8(content));
  return absl::OkStatus();
}

absl::Status SourceTable::ReadHeader() {
  const char separator = SeparatorOf(*text_);
  reader_ = std::make_unique<CsvReader>(*text_, separator, kMostCellBytes);
  const auto found = reader_->Next(&header_);
  line_ = reader_->line();
  if (!found.ok()) return Unreadable();
  if (!*found) return FileRefused("le fichier est vide");
  for (std::string& column : header_) absl::StripAsciiWhitespace(&column);
  if (std::any_of(header_.begin(), header_.end(), HasLoneReturn)) {
    return Refused(
        "les lignes finissent par des CR seuls : enregistrez le fichier avec LF ou CRLF");
  }
  for (auto column = header_.begin(); column != header_.end(); ++column) {
    if (!column->empty() && std::find(header_.begin(), column, *column) != column) {
      return Refused(absl::StrCat("l'en-tête nomme deux fois la colonne « ", *column, " »"));
    }
  }
  return absl::OkStatus();
}

absl::Status SourceTable::Unreadable() const {
  switch (reader_->fault()) {
    case CsvReader::Fault::kCellTooLong:
      return Refused("une cellule dépasse 1 Mio");
    case CsvReader::Fault::kTextAfterQuote:
      return Refused("guillemets mal placés : du texte suit un guillemet fermant");
    default:
      return Refused(absl::StrCat("les guillemets ouverts ligne ", reader_->fault_line(),
                                  " ne se ferment jamais"));
  }
}

bool SourceTable::Has(std::initializer_list<absl::string_view> columns) const {
  return std::all_of(columns.begin(), columns.end(), [this](absl::string_view column) {
    return std::find(header_.begin(), header_.end(), column) != header_.end();
  });
}

absl::StatusOr<bool> SourceTable::Next() {
  const auto found = reader_->Next(&cells_);
  line_ = reader_->line();
  if (!found.ok()) return Unreadable();
  if (!*found) return false;
  if (cells_.size() != header_.size()) {
    return Refused(
        absl::StrCat(header_.size(), " cellules attendues, ", cells_.size(), " trouvées"));
  }
  for (std::string& cell : cells_) absl::StripAsciiWhitespace(&cell);
  if (cells_ == header_) return Refused("l'en-tête est répété");
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

std::string LostZeros(absl::string_view code, bool (*is_right)(absl::string_view), size_t length) {
  if (code.empty() || code.size() >= length || !absl::ascii_isdigit(code[0])) return "";
  const std::string padded = absl::StrCat(std::string(length - code.size(), '0'), code);
  if (!is_right(padded)) return "";
  return absl::StrCat(" : les zéros de tête ont disparu (", padded, " ?)");
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
                            absl::string_view expected, size_t length) {
  std::string code = Required(column, 100);
  if (!code.empty() && !is_right(code)) {
    Refuse(absl::StrCat("la colonne « ", column, " » attend ", expected,
                        LostZeros(code, is_right, length)));
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
