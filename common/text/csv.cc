#include "common/text/csv.h"

#include "absl/status/status.h"
#include "absl/strings/strip.h"

namespace dm {

CsvReader::CsvReader(absl::string_view content, char separator, size_t most_cell_bytes)
    : rest_(content), separator_(separator), most_cell_bytes_(most_cell_bytes) {
  absl::ConsumePrefix(&rest_, "\xEF\xBB\xBF");
}

absl::Status CsvReader::Failed(Fault fault, absl::string_view what) {
  fault_ = fault;
  return absl::InvalidArgumentError(what);
}

absl::StatusOr<bool> CsvReader::Next(std::vector<std::string>* cells) {
  while (!rest_.empty() && (rest_[0] == '\n' || rest_[0] == '\r')) {
    if (rest_[0] == '\n') ++next_line_;
    rest_.remove_prefix(1);
  }
  record_line_ = cell_line_ = next_line_;
  cells->clear();
  if (rest_.empty()) return false;

  cells->emplace_back();
  bool quoted = false;
  bool closed = false;  // After the closing quote of the cell.
  size_t i = 0;
  for (; i < rest_.size(); ++i) {
    if (cells->back().size() > most_cell_bytes_) break;
    const char c = rest_[i];
    if (quoted) {
      if (c == '\n') ++next_line_;
      if (c != '"') {
        cells->back().push_back(c);
      } else if (i + 1 < rest_.size() && rest_[i + 1] == '"') {
        cells->back().push_back('"');
        ++i;
      } else {
        quoted = false;
        closed = true;
      }
    } else if (c == separator_) {
      cells->emplace_back();
      cell_line_ = next_line_;
      closed = false;
    } else if (c == '\n' || (c == '\r' && i + 1 < rest_.size() && rest_[i + 1] == '\n')) {
      break;
    } else if (c == '"' && cells->back().empty() && !closed) {
      quoted = true;
    } else if (closed && c != '\r') {
      return Failed(Fault::kTextAfterQuote, "text after a closing quote");
    } else if (!closed) {
      cells->back().push_back(c);
    }
  }
  if (cells->back().size() > most_cell_bytes_) {
    return Failed(Fault::kCellTooLong, "a cell is too long");
  }
  if (quoted) return Failed(Fault::kQuoteNeverClosed, "a quote is never closed");
  rest_.remove_prefix(i);
  return true;
}

}  // namespace dm
