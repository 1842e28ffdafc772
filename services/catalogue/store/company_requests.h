#pragma once

#include "absl/time/civil_time.h"
#include "common/database/database.h"

#include <map>
#include <string>
#include <utility>

namespace dm::catalogue {

// By SIRET and first day of a month: what is added to the requests of a company. Throws pqxx
// exceptions, like Transaction::Exec.
using CompanyRequests = std::map<std::pair<std::string, absl::CivilDay>, int>;
void AddRequests(database::Transaction& transaction, const CompanyRequests& requests);

}  // namespace dm::catalogue
