#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

namespace dm {

// Reads CSV (RFC 4180) from memory: quoted cells may hold separators, doubled quotes and line
// breaks; LF, CRLF and a byte order mark are accepted; blank lines between records are skipped.
// Not thread-safe. `content` outlives the reader.
class CsvReader {
 public:
  // Why a record cannot be read.
  enum class Fault { kNone, kQuoteNeverClosed, kTextAfterQuote, kCellTooLong };

  explicit CsvReader(absl::string_view content, char separator = ',',
                     size_t most_cell_bytes = std::numeric_limits<size_t>::max());

  // The next record's cells into `cells`; false at the end. INVALID_ARGUMENT (no details) where
  // `fault()` is not kNone; `line()` and `fault_line()` then say where.
  absl::StatusOr<bool> Next(std::vector<std::string>* cells);

  // The line, from 1, on which the record that was read last begins.
  int line() const { return record_line_; }
  Fault fault() const { return fault_; }
  // The line on which the cell begins that could not be read: a quote that is never closed opens
  // there, maybe long after its record began.
  int fault_line() const { return cell_line_; }

 private:
  absl::Status Failed(Fault fault, absl::string_view what);

  absl::string_view rest_;
  char separator_;
  size_t most_cell_bytes_;
  int next_line_ = 1;
  int record_line_ = 1;
  int cell_line_ = 1;
  Fault fault_ = Fault::kNone;
};

}  // namespace dm
