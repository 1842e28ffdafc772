#pragma once

#include "common/database/database.h"
#include "services/booking/domain/snapshot.h"

#include <string>
#include <utility>
#include <vector>

namespace dm::booking {

// What is known of these people ("people/{subject}"): profile, guardian, consents. Who is unknown
// is left out. Throws as Transaction::Exec does.
std::vector<std::pair<std::string, Person>> ReadPeople(database::Transaction& transaction,
                                                       const std::vector<std::string>& people);

}  // namespace dm::booking
