#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/catalogue/domain/offer_record.h"

#include <optional>
#include <vector>

namespace dm::catalogue {

// What of an offer's visibility is not in its record.
struct OfferHistory {
  // When it came into its state, as far as that was written down.
  std::optional<absl::Time> state_since;
  // Requests that the company got in the month of `now`, in Paris, as far as booking has told.
  int requests_this_month = 0;
};

// One for each of the records, in their order.
absl::StatusOr<std::vector<OfferHistory>> FindOfferHistories(
    database::Database& database, absl::Time deadline, const std::vector<OfferRecord>& records,
    absl::Time now);

}  // namespace dm::catalogue
