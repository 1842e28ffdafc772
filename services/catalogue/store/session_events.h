#pragma once

#include "services/catalogue/store/import_run.h"

#include <string>

namespace dm::catalogue {

// Raises the version of the sessions to come of some offers, because what is told of them with the
// offer or its company changed, and notes them as touched; of cancelled ones nothing is told any
// more. `offer_ids` and `sirets` are arrays as
// PostgreSQL writes them. Needs MakeTouchedSessions before.
void TouchSessions(ImportSteps& import, const std::string& offer_ids, const std::string& sirets);

// The temporary table of touched sessions.
void MakeTouchedSessions(ImportSteps& import);

// Announces the touched sessions as they now are: scheduled, or closed.
void AnnounceTouchedSessions(ImportSteps& import);

}  // namespace dm::catalogue
