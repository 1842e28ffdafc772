#pragma once

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/booking/domain/scheme.h"
#include "services/booking/store/told_store.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Erasures of people, and bookings that have said long enough whose they were. Everything throws as
// Transaction::Exec does.
namespace dm::booking {

// The département that decides which agency looks after the person; absent when no profile says so.
std::optional<std::string> DepartmentOf(database::Transaction& transaction,
                                        const std::string& person);

// Whether somebody has ever asked for one; those that retention began do not count.
bool HasAskedForErasure(database::Transaction& transaction, const std::string& person);
// Asks for one, unless one is on its way. False for a request that was answered before, however
// long ago. Runs under LockPeople, before RequestReview.
bool RequestErasure(database::Transaction& transaction, const std::string& person,
                    const std::string& requested_by, const std::string& request_id, absl::Time now);
// People who are to be erased and have no live booking any more; last those who were put off.
std::vector<std::string> PeopleToErase(database::Transaction& transaction, int limit);
// It failed: whoever else is to be erased comes first.
void PutOffErasure(database::Transaction& transaction, const std::string& person, absl::Time now);
// All that still say whose they are, oldest first.
struct BookingToErase {
  std::string id;
  std::string department;
};
std::vector<BookingToErase> BookingsToErase(database::Transaction& transaction,
                                            const std::string& person);
// Makes everything that is kept of the person nobody's. False when there is a live booking after
// all, or another process did it: nothing is changed then. Runs under LockPeople.
bool Erase(database::Transaction& transaction, const std::string& person,
           const std::string& pseudonym, absl::Time now);

// Bookings of the scheme that ended before `ended_before` and still say whose they were; they have
// no pseudonym yet. Locks them for this transaction; those that another holds are left out, and
// those by whose link a consent was given that still holds.
std::vector<NamelessBooking> TakeAged(database::Transaction& transaction, Scheme scheme,
                                      absl::Time ended_before, absl::CivilDay today, int limit);
// Each gets a name of its own, so that nobody's bookings can be put together again. What was asked
// and decided about them goes the same way.
void Anonymize(database::Transaction& transaction, const std::vector<NamelessBooking>& bookings);

// People of whom something is kept that nobody has touched since: without a booking of theirs,
// without a consent that still holds, and not to be erased already.
std::vector<std::string> FindAgedPeople(database::Transaction& transaction,
                                        absl::Time untouched_since, absl::CivilDay today,
                                        int limit);
// Asks for the erasure of those of them of whom that is still true; how many. Runs under
// LockPeople.
int64_t EraseAgedPeople(database::Transaction& transaction, const std::vector<std::string>& people,
                        absl::Time untouched_since, absl::CivilDay today, absl::Time now);

// Rows deleted.
int64_t DropAnsweredRequests(database::Transaction& transaction, absl::Time answered_before,
                             int limit);
// Guardians of before, whom no consent and no question names any more.
int64_t DropReplacedGuardians(database::Transaction& transaction, absl::Time replaced_before,
                              int limit);
int64_t DropForeignReads(database::Transaction& transaction, absl::Time read_before, int limit);
// Who saw, changed or asked for what of people of whom nothing else is kept.
int64_t DropPersonHistory(database::Transaction& transaction, absl::Time older_than, int limit);
// Proofs that are nobody's and receipts of erasures, of each kind `limit` at most; the most rows of
// one kind.
int64_t DropProofs(database::Transaction& transaction, absl::Time older_than, int limit);

}  // namespace dm::booking
