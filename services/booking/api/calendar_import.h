#pragma once

#include "common/database/database.h"
#include "services/booking/api/import_api.h"
#include "services/booking/calendar/current_calendar.h"
#include "services/booking/domain/eligibility.h"

#include <memory>

namespace dm::booking {

// Imports uploads of kind "calendar". `database` and `calendar`, which is refreshed after each
// import, outlive what is returned.
ImportApi::Importer CalendarImporter(database::Database* database,
                                     std::shared_ptr<const RuleBook> rules,
                                     CurrentCalendar* calendar);

}  // namespace dm::booking
