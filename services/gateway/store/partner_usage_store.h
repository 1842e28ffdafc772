#pragma once

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "services/gateway/usage/usage_recorder.h"

#include <optional>
#include <string>
#include <vector>

namespace dm::gateway {

// Which partners somebody may see: all of them, or those that work in some départements, and
// themself.
struct UsageSight {
  bool everything = false;
  std::vector<std::string> departments;
  // Empty for who is none.
  std::string self;
};

struct UsageQuery {
  // Absent for all that may be seen.
  std::optional<std::string> partner;
  UsageSight sight;
  absl::CivilDay first;
  absl::CivilDay last;
  // Behind which the page begins: day, partner, method. Empty for the first page.
  std::vector<std::string> after;
  int limit = 0;
};

struct UsagePage {
  // In the order of day, partner and method.
  std::vector<UsageCount> counts;
  bool more = false;
  // Of all pages; of no partner, day and method.
  UsageCount total;
};

// The tables partner_usage, partners and usage_writers.
class PartnerUsageStore final : public UsageLedger {
 public:
  // `database` outlives this.
  explicit PartnerUsageStore(database::Database* database) : database_(database) {}

  absl::Status Add(const UsageBatch& batch, absl::Time deadline) override;
  absl::Status Forget(absl::CivilDay first_kept, absl::Time deadline) override;

  // NOT_FOUND without details when there is no such partner to be seen.
  absl::StatusOr<UsagePage> List(const UsageQuery& query, absl::Time deadline) const;

 private:
  database::Database* const database_;
};

}  // namespace dm::gateway
