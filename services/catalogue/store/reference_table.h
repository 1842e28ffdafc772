#pragma once

#include "common/database/database.h"
#include "services/catalogue/store/import_run.h"

#include <pqxx/stream_to>

#include <cstdint>
#include <string>
#include <vector>

namespace dm::catalogue {

// A table that holds what one official file says: how rows that come in are compared with those
// that are there. A row is added, changed, or obsolete once the file no longer has it; what comes
// back is a change. The table has a column `obsolete` beside those named here.
class ReferenceTable {
 public:
  struct Column {
    const char* name;
    // As in CREATE TABLE.
    const char* type = "text";
    enum class Role {
      kValue,
      // A change of it counts as a move.
      kPlace,
      // NULL says nothing of what is there.
      kKeptWhenNull,
    } role = Role::kValue;
  };

  // `name` is the table's, in the report too.
  ReferenceTable(const char* name, const std::vector<Column>& key,
                 const std::vector<Column>& values);

  // Lives as long as the process, as a prepared statement's text has to.
  ReferenceTable(const ReferenceTable&) = delete;
  ReferenceTable& operator=(const ReferenceTable&) = delete;

  const char* name() const { return name_; }
  // Makes the temporary table "incoming_…" with the key's columns, then the others.
  database::Statement incoming() const { return {incoming_name_.c_str(), incoming_sql_.c_str()}; }
  // Compares and writes; one row with read (the parameter), added, changed, moved and vanished.
  database::Statement diff() const { return {diff_name_.c_str(), diff_sql_.c_str()}; }

  // Copies rows into the temporary table; `to_fields` makes of each a tuple in the order of the
  // columns. Each key comes once. Throws pqxx exceptions, like Transaction::Exec.
  template <typename Row, typename ToFields>
  void Copy(database::Transaction& transaction, const std::vector<Row>& rows,
            const ToFields& to_fields) const {
    transaction.Exec(incoming());
    pqxx::stream_to stream(transaction.raw(), incoming_name_);
    for (const Row& row : rows) stream << to_fields(row);
    stream.complete();
  }

  // Compares what was copied, and counts it in the report; `read` are the file's rows.
  const TableCounts& Diff(ImportSteps& import, int64_t read) const {
    return import.Count(name_, import.transaction().Exec(diff(), read));
  }

 private:
  const char* name_;
  std::string incoming_name_;
  std::string incoming_sql_;
  std::string diff_name_;
  std::string diff_sql_;
};

}  // namespace dm::catalogue
