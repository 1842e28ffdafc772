#pragma once

#include "absl/time/time.h"
#include "common/database/database.h"

#include <string>
#include <vector>

namespace dm::ambassador::store {

// Makes nobody's whatever people ("people/{subject}") did here: who called a meeting off, and why
// they said so; who took what is kept of an ambassador. Throws as Transaction::Exec does.
void ForgetPeople(database::Transaction& transaction, const std::vector<std::string>& people);

// Keeps that `reader` ("people/{subject}") took what is kept of "ambassadors/{ambassador}". Of any
// other party nothing is kept here. Throws likewise.
void RecordProfileRead(database::Transaction& transaction, const std::string& party,
                       const std::string& reader, absl::Time now);

}  // namespace dm::ambassador::store
