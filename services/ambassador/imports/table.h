#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/file_upload.h"
#include "common/text/csv.h"

#include <map>
#include <string>
#include <vector>

namespace dm::ambassador::imports {

// A CSV file read by the names of its columns. Not thread-safe.
class Table {
 public:
  // Reads the first line. `file` outlives the table. IMPORT_REFUSED when there is none, or when
  // the bytes are not text.
  static absl::StatusOr<Table> Open(const rpc::UploadedFile& file);

  // Whether all of these columns are there.
  bool Has(const std::vector<std::string>& columns) const;
  // The columns that are not among these.
  std::vector<std::string> Others(const std::vector<std::string>& columns) const;

  // Goes to the next row; false at the end. IMPORT_REFUSED for broken quotes or another number of
  // cells than the header has.
  absl::StatusOr<bool> Next();
  // The cell of a column that Has said is there, without the spaces around it.
  std::string Cell(const std::string& column) const;

  int line() const { return reader_.line(); }
  const std::string& file() const { return file_; }
  // A refusal of the present row.
  absl::Status Refuse(absl::string_view cause) const;

 private:
  explicit Table(const rpc::UploadedFile& file) : file_(file.name), reader_(file.content) {}

  std::string file_;
  CsvReader reader_;
  std::map<std::string, size_t> columns_;
  std::vector<std::string> cells_;
};

}  // namespace dm::ambassador::imports
