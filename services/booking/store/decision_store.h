#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/booking/domain/command.h"
#include "services/booking/domain/decision.h"

#include <string>
#include <vector>

// The rows that a batch of commands writes, each kind in one statement.
namespace dm::booking {

// What was answered to a command, to be kept with its effect.
struct AnsweredRequest {
  const Command* command;
  std::string answer;
  // The applicant whose booking it shows, when somebody else asked; else empty.
  std::string about;
};

// Writes all that was decided but the events. ABORTED when a booking is no longer at the version
// that the decision was made on.
absl::Status StoreDecision(database::Transaction& transaction, const Decision& decision,
                           const std::vector<AnsweredRequest>& answers, absl::Time now);

}  // namespace dm::booking
