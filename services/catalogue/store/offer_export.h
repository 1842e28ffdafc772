#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/catalogue/domain/offer.h"

#include <optional>
#include <string>
#include <vector>

namespace dm::catalogue {

constexpr int kMostExportedAtOnce = 200;

// Where an export is: after an offer of a département.
struct ExportPosition {
  std::string department;
  // Empty for the département's beginning.
  std::string offer;
};

// The next published offers of a département in the order of their ids, at most 200, each with its
// sessions to come; none at its end. Each call is a snapshot of its own: an export that is read
// slowly holds nothing in the database.
struct ExportBatch {
  std::vector<Offer> offers;
  // The last offer that was looked at; absent at the département's end. Offers that vanish while
  // they are read are not among `offers`, and still were looked at.
  std::optional<std::string> last;
};
absl::StatusOr<ExportBatch> NextOffersToExport(database::Database& database, absl::Time deadline,
                                               const ExportPosition& position,
                                               std::optional<absl::Time> changed_since,
                                               absl::Time now);

}  // namespace dm::catalogue
