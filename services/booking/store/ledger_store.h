#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/database/database.h"
#include "services/booking/domain/command.h"
#include "services/booking/domain/decision.h"
#include "services/booking/domain/snapshot.h"

#include <string>
#include <vector>

// The rows that a batch of commands reads and writes, each kind in one statement.
namespace dm::booking {

// Whether what is read stays as it is until the transaction ends: sessions are locked in the order
// of their ids, then everybody concerned in the order of their names.
enum class Locking : uint8_t { kNone, kForUpdate };

Snapshot LoadSnapshot(database::Transaction& transaction, absl::Span<const Command> commands,
                      absl::Time now, Locking locking);

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
