#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include <string>
#include <vector>

namespace dm {

// Reads CSV (RFC 4180) from memory: quoted cells may hold separators, doubled quotes and line
// breaks; LF, CRLF and a byte order mark are accepted; blank lines between records are skipped.
// Not thread-safe. `content` outlives the reader.
class CsvReader {
 public:
  explicit CsvReader(absl::string_view content, char separator = ',');

  // The next record's cells into `cells`; false at the end. INVALID_ARGUMENT (no details) for a
  // quote that is never closed or text after a closing quote; `line()` then says where.
  absl::StatusOr<bool> Next(std::vector<std::string>* cells);

  // The line, from 1, on which the record that was read last begins.
  int line() const { return record_line_; }

 private:
  absl::string_view rest_;
  char separator_;
  int next_line_ = 1;
  int record_line_ = 1;
};

}  // namespace dm
