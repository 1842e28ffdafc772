#pragma once

#include "services/catalogue/imports/rome_release.h"
#include "services/catalogue/store/import_run.h"

namespace dm::catalogue {

// Keeps which version of ROME the tables hold, and whether that is new. Nothing when no file told
// the version. Warns of a version older than the one that is there.
bool ImportRomeRelease(ImportSteps& import, const RomeRelease& release);

}  // namespace dm::catalogue
