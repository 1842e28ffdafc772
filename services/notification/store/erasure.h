#pragma once

#include "common/database/database.h"

#include <string>
#include <vector>

namespace dm::notification {

// Forgets people ("people/{subject}"): their contact goes, what was still to be sent to them, or to
// others about bookings of theirs by a bare address, is dropped, what was sent is nobody's, and
// their webhooks and what they chose not to be sent are gone. Part of a feed's transaction, so it
// throws as Transaction::Exec does.
void ForgetPeople(database::Transaction& transaction, const std::vector<std::string>& people);

}  // namespace dm::notification
