#pragma once

#include "common/database/database.h"

#include <string>
#include <vector>

namespace dm::booking {

// Takes what agreements of these bookings say of people out of them: content, text, names, reports,
// answers. `applicants` become `pseudonyms`. What happened, to which text by its hash, stays.
void AnonymizeAgreements(database::Transaction& transaction,
                         const std::vector<std::string>& bookings,
                         const std::vector<std::string>& applicants,
                         const std::vector<std::string>& pseudonyms);

}  // namespace dm::booking
