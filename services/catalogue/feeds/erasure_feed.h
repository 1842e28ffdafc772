#pragma once

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/privacy/erasure_events.h"

#include <vector>

namespace dm::catalogue {

// Drops what is known here of people whom booking has erased; whose erasure is to be confirmed at
// the end of the transaction.
absl::StatusOr<std::vector<privacy::Tombstone>> ApplyErasures(database::Transaction& transaction,
                                                              privacy::EventSpan events);

}  // namespace dm::catalogue
