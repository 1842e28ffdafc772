#pragma once

#include "common/database/database.h"

#include <string>
#include <vector>

namespace dm::catalogue {

// Makes nobody's whatever people ("people/{subject}") did here: what they reported loses its words,
// steps and decisions stay without a name. Throws pqxx exceptions, like Transaction::Exec.
void ForgetPeople(database::Transaction& transaction, const std::vector<std::string>& people);

}  // namespace dm::catalogue
