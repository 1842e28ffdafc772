#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/catalogue/domain/offer.h"

#include <string>
#include <vector>

namespace dm::catalogue {

// As many of an offer's sessions as anybody wants to be shown, and all that there are.
inline constexpr int kMostSessionsShown = 50;
inline constexpr int kAllSessions = 1'000'000;

// Those of some offers that are published, in the order of `ids`, each with the first of its
// sessions to come.
absl::StatusOr<std::vector<Offer>> FindOffers(database::Database& database, absl::Time deadline,
                                              const std::vector<std::string>& ids, absl::Time now,
                                              int most_sessions);

}  // namespace dm::catalogue
