#pragma once

#include "absl/time/civil_time.h"
#include "services/catalogue/store/import_run.h"

#include <optional>
#include <string>

namespace dm::catalogue {

// Keeps where a list is from, for its attribution. An import that changed nothing leaves a source
// that is known as it is. Throws pqxx exceptions, like Transaction::Exec.
void RecordSource(ImportSteps& import, const std::string& source,
                  std::optional<absl::CivilDay> published, bool changed);

}  // namespace dm::catalogue
