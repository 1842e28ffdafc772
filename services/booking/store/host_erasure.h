#pragma once

#include "common/database/database.h"

#include <string>
#include <vector>

namespace dm::booking {

// What erased hosts ("ambassadors/{ambassador}") wrote goes: what they said of meetings, and why
// they refused or called off. Their bookings stay, since they are the applicants'. Throws as
// Transaction::Exec does.
void ForgetHosts(database::Transaction& transaction, const std::vector<std::string>& hosts);

}  // namespace dm::booking
