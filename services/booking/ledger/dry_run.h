#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/booking/domain/admission.h"
#include "services/booking/domain/command.h"
#include "services/booking/domain/terms.h"

#include <optional>

namespace dm::booking {

// What a booking would come to.
struct DryRun {
  // What the rules say, whatever the seats; absent when the person has no profile.
  std::optional<Judgement> judgement;
  // Why it would be refused; OK when it would not.
  absl::Status refusal;
  // The state that the booking would have.
  std::optional<BookingState> state;
};

// Decides a command that creates a booking, and changes nothing. NOT_FOUND for an unknown session,
// INVALID_ARGUMENT for a scheme that does not fit.
absl::StatusOr<DryRun> TryOut(database::Database& database, const Terms& terms,
                              const Command& create, absl::Time now, absl::Time deadline);

}  // namespace dm::booking
