#pragma once

#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/booking/domain/scheme.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Erasures of people, and bookings that have said long enough whose they were. Everything throws as
// Transaction::Exec does.
namespace dm::booking {

struct Erasure {
  // "people/{subject}".
  std::string person;
  absl::Time requested;
  std::optional<absl::Time> done;
};

// Whether anything at all is kept of the person.
bool IsKnown(database::Transaction& transaction, const std::string& person);
// The département that decides which agency looks after the person; absent when no profile says so.
std::optional<std::string> DepartmentOf(database::Transaction& transaction,
                                        const std::string& person);

std::optional<Erasure> FindErasure(database::Transaction& transaction, const std::string& person);
// Asks for one, unless that was done before. Runs under LockPeople, before RequestReview.
void RequestErasure(database::Transaction& transaction, const std::string& person,
                    const std::string& requested_by, absl::Time now);
// People who are to be erased and have no live booking any more.
std::vector<std::string> PeopleToErase(database::Transaction& transaction, int limit);
// Makes everything that is kept of the person nobody's and the receipt done. False when there is a
// live booking after all, or another process did it: nothing is changed then. Runs under
// LockPeople.
bool Erase(database::Transaction& transaction, const std::string& person,
           const std::string& pseudonym, absl::Time now);

// Bookings of the scheme that ended before `ended_before` and still say whose they were.
struct AgedBooking {
  std::string id;
  std::string applicant;
};
// Locks them for this transaction; those that another holds are left out.
std::vector<AgedBooking> TakeAged(database::Transaction& transaction, Scheme scheme,
                                  absl::Time ended_before, int limit);
// Each gets a name of its own, so that nobody's bookings can be put together again.
void Anonymize(database::Transaction& transaction, const std::vector<AgedBooking>& bookings,
               const std::vector<std::string>& pseudonyms);
// Rows deleted.
int64_t DropAnsweredRequests(database::Transaction& transaction, absl::Time answered_before,
                             int limit);
int64_t DropForeignReads(database::Transaction& transaction, absl::Time read_before, int limit);

}  // namespace dm::booking
