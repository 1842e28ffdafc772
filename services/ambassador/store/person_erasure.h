#pragma once

#include "common/database/database.h"

#include <string>
#include <vector>

namespace dm::ambassador::store {

// Makes nobody's whatever people ("people/{subject}") did here: who called a meeting off, and why
// they said so. Throws as Transaction::Exec does.
void ForgetPeople(database::Transaction& transaction, const std::vector<std::string>& people);

}  // namespace dm::ambassador::store
