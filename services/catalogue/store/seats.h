#pragma once

#include "common/database/database.h"

#include <map>
#include <string>
#include <vector>

namespace dm::catalogue {

// Takes over how many seats of some sessions are held, by the session's id; returns the offers
// whose sessions changed. Sessions that are not there are passed over. Throws pqxx exceptions, like
// Transaction::Exec.
std::vector<std::string> StoreHeldSeats(database::Transaction& transaction,
                                        const std::map<std::string, int>& held);

}  // namespace dm::catalogue
