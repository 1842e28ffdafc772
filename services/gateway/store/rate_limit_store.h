#pragma once

#include "common/database/database.h"
#include "services/gateway/limits/shared_allowances.h"

namespace dm::gateway {

// The table rate_limits.
class RateLimitStore final : public SpendingLedger {
 public:
  // `database` outlives this.
  explicit RateLimitStore(database::Database* database) : database_(database) {}

  absl::StatusOr<std::vector<Balance>> Charge(const std::vector<Spending>& spendings,
                                              absl::Time deadline) override;
  absl::Status Forget(absl::Time deadline) override;

 private:
  database::Database* const database_;
};

}  // namespace dm::gateway
