#pragma once

#include "absl/time/time.h"
#include "common/database/database.h"

#include <optional>
#include <string>
#include <vector>

// Published offers whose last session is past, in the order in which that happened. Throws pqxx
// exceptions, like Transaction::Exec.
namespace dm::catalogue {

struct PastOffers {
  // In the order of their companies, which is that of all who lock several.
  std::vector<std::string> ids;
  // How far this looked, for KeepPastPosition; there is more where `ids` are as many as were asked.
  absl::Time position;
};

// What became past since the position that was kept. Absent when another replica is at it, until
// its transaction ends.
std::optional<PastOffers> TakePastOffers(database::Transaction& transaction, absl::Time now,
                                         int most);
void KeepPastPosition(database::Transaction& transaction, absl::Time position);

}  // namespace dm::catalogue
