#pragma once

#include "common/time/clock.h"
#include "services/booking/api/import_api.h"
#include "services/booking/people/registration.h"

namespace dm::booking {

// Imports uploads of kind "applicants". Both outlive what is returned.
ImportApi::Importer ApplicantsImporter(Registration* registration, const Clock* clock);

}  // namespace dm::booking
