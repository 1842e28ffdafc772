#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/text/csv.h"

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dm::catalogue {

// A file of an upload.
struct SourceFile {
  // Without its folder; for messages only.
  std::string name;
  std::string content;
};

// Where a row came from: the file's place in the upload and the line on which the row begins.
struct Origin {
  size_t file = 0;
  int line = 0;
};

// A CSV file with a header, row by row. Commas or semicolons, UTF-8 or ISO-8859-15; cells come
// without surrounding white space, and of at most 1 MiB. Every refusal names file and line, in
// French. Not thread-safe.
class SourceTable {
 public:
  // `file` is the file's place in the upload. Refused when it is no text, or has no header or one
  // that names a column twice.
  static absl::StatusOr<SourceTable> Open(const SourceFile& source, size_t file);

  SourceTable(SourceTable&&) = default;
  SourceTable& operator=(SourceTable&&) = default;

  const std::string& name() const { return name_; }
  const std::vector<std::string>& header() const { return header_; }
  Origin origin() const { return {file_, line_}; }
  int64_t rows() const { return rows_; }
  // What a clerk should know of a file that was read all the same; empty for nothing.
  const std::string& warning() const { return warning_; }

  // Whether the header has all these columns, in any order.
  bool Has(std::initializer_list<absl::string_view> columns) const;

  // The next row; false at the end. Refused when its number of cells is not the header's, and when
  // it is the header once more: two files were pasted together, and maybe not of one day.
  absl::StatusOr<bool> Next();

  // A cell of the present row; empty when there is no such column.
  const std::string& Cell(absl::string_view column) const;

  absl::Status Refused(absl::string_view cause) const;
  // The file as a whole.
  absl::Status FileRefused(absl::string_view cause) const;

 private:
  SourceTable() = default;

  absl::Status Decode(const std::string& content);
  absl::Status ReadHeader();
  absl::Status Unreadable() const;

  std::string name_;
  size_t file_ = 0;
  // Behind a pointer, because the reader points into it.
  std::unique_ptr<std::string> text_;
  std::unique_ptr<CsvReader> reader_;
  std::vector<std::string> header_;
  std::vector<std::string> cells_;
  int line_ = 1;
  int64_t rows_ = 0;
  std::string warning_;
};

// " : les zéros de tête ont disparu (01001 ?)" for a code of `length` that is right once it has its
// zeros back, else empty.
std::string LostZeros(absl::string_view code, bool (*is_right)(absl::string_view), size_t length);

// Reads the cells of one row and keeps the first thing that is wrong, so that a parser can read all
// of them and ask once. Lives as long as the row.
class RowReader {
 public:
  explicit RowReader(const SourceTable* table) : table_(table) {}

  // May be empty; at most `longest` characters.
  std::string Text(absl::string_view column, size_t longest);
  // Not empty.
  std::string Required(absl::string_view column, size_t longest);
  // Not empty, and as `is_right` wants it. `length` is that of codes that may begin with zeros: a
  // refusal then tells a code that a spreadsheet took for a number from one that is wrong.
  std::string Code(absl::string_view column, bool (*is_right)(absl::string_view),
                   absl::string_view expected, size_t length = 0);
  // Parts between '|'; empty for an empty cell.
  std::vector<std::string> List(absl::string_view column);
  // O or N; `unstated` when empty.
  bool Flag(absl::string_view column, bool unstated);
  int64_t Integer(absl::string_view column, int64_t least, int64_t greatest);
  double Number(absl::string_view column, double least, double greatest);

  void Refuse(absl::string_view cause);
  // OK when nothing was wrong.
  const absl::Status& status() const { return status_; }

 private:
  const SourceTable* table_;
  absl::Status status_;
};

}  // namespace dm::catalogue
