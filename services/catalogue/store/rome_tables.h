#pragma once

#include "absl/functional/function_ref.h"
#include "services/catalogue/imports/rome_export.h"
#include "services/catalogue/store/import_run.h"

#include <set>
#include <string>

namespace dm::catalogue {

// What the import of ROME changed, by table.
using ChangedTables = std::set<std::string>;

// Compares each of the export's tables with the database's and writes the difference, in an order
// in which every code is there before it is named. Tables whose files were no part of the upload
// stay as they are. `before_appellations` runs when professions are as they will be and
// appellations, with the incoming ones in incoming_appellations, are as they were.
absl::StatusOr<ChangedTables> ImportRomeTables(
    ImportSteps& import, const RomeExport& rome,
    absl::FunctionRef<absl::Status()> before_appellations);

}  // namespace dm::catalogue
