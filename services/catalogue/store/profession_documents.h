#pragma once

#include "common/database/database.h"
#include "services/catalogue/search/profession_index.h"

namespace dm::catalogue {

// The professions of today with all that they are found by, and what the agency added to the
// everyday words that are built in.
search::ProfessionIndex ReadProfessionIndex(database::Transaction& transaction);

}  // namespace dm::catalogue
