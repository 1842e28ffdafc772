#pragma once

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/catalogue/search/offer_document.h"

#include <cstdint>
#include <string>
#include <vector>

// The rows that searches in memory are made of. They are read in a transaction of the caller's,
// because they have to fit together.
namespace dm::catalogue {

// The number of the last change; the second is for a look without a transaction.
int64_t LastSearchChange(database::Transaction& transaction);
absl::StatusOr<int64_t> LastSearchChange(database::Database& database, absl::Time deadline);

search::Words ReadSearchWords(database::Transaction& transaction);

// Calls `take` with all published offers, some thousands at a time. Sessions that started before
// `sessions_after` are left out.
void ReadPublishedOffers(database::Transaction& transaction, absl::Time sessions_after,
                         absl::FunctionRef<void(std::vector<search::OfferDocument>)> take);

// Those of some offers that are published.
std::vector<search::OfferDocument> ReadPublishedOffers(database::Transaction& transaction,
                                                       absl::Time sessions_after,
                                                       const std::vector<std::string>& ids);

// What changed after a number.
struct SearchChanges {
  // Up to where this goes.
  int64_t last = 0;
  // Changes in between are not there any more: everything has to be read anew.
  bool lost = false;
  bool words = false;
  // Each once.
  std::vector<std::string> offers;
};
SearchChanges ReadSearchChanges(database::Transaction& transaction, int64_t after);

// Forgets what was recorded before; readers that have not come that far read everything anew.
void DeleteSearchChanges(database::Transaction& transaction, absl::Time before);

}  // namespace dm::catalogue
