#pragma once

#include "absl/time/time.h"
#include "common/database/database.h"

#include <string>
#include <vector>

// Tells the readers in memory what to look at again. Whoever writes what a search looks at calls
// one of these in the same transaction, right before AppendToOutbox: both lock a counter's row
// until the commit, and all writers take the two in this order. They throw pqxx exceptions, like
// Transaction::Exec.
namespace dm::catalogue {

// Offers whose own row, sessions, company, profession or place changed, published or not.
void TouchOffers(database::Transaction& transaction, const std::vector<std::string>& offer_ids,
                 absl::Time now);
// The same with an array as PostgreSQL writes it.
void TouchOffers(database::Transaction& transaction, const std::string& offer_ids, absl::Time now);

// What offers are found and shown by: professions, companies, communes and their words.
void TouchWords(database::Transaction& transaction, absl::Time now);

}  // namespace dm::catalogue
