#pragma once

#include "absl/time/time.h"
#include "common/database/database.h"

#include <string>
#include <vector>

// What is known of a person (profile, consents, agreements) decides what becomes of their bookings,
// and both change at the same time. Whoever changes such a fact does so in one transaction, in this
// order: LockPeople, the fact, RequestReview; and after the commit wakes the ledger's timers. Then
// the ledger either decides after the change, and sees it, or before, and looks again. Both throw
// as Transaction::Exec does.
namespace dm::booking {

// Whoever decides about these people ("people/{subject}") waits until the transaction ends. The
// ledger takes these locks after those of sessions and before it writes bookings: take none of a
// session after them.
void LockPeople(database::Transaction& transaction, const std::vector<std::string>& people);

// Makes the ledger look at the live bookings of these people as soon as it can.
void RequestReview(database::Transaction& transaction, const std::vector<std::string>& people,
                   absl::Time now);

}  // namespace dm::booking
