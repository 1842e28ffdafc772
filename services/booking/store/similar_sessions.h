#pragma once

#include "common/database/database.h"
#include "services/booking/domain/booking.h"
#include "services/booking/domain/similar.h"

#include <string>
#include <vector>

namespace dm::booking {

// A seat, or the hope of one, that somebody lost.
struct LostPlace {
  std::string session_id;
  // Who is not shown what they have a live booking of, nor what overlaps one. Empty: nobody's
  // bookings count.
  std::string applicant;
  SimilarHosts hosts = SimilarHosts::kAny;
};

// For each place the nearest sessions of the same kind and about the same profession that have a
// free seat and nobody in line and have not started: other hosts first where that is asked, then
// the same département, then the nearest in time. None for a session that tells no profession. All
// that the transaction wrote counts. Throws as Transaction::Exec does.
std::vector<std::vector<Session>> FindSimilarSessions(database::Transaction& transaction,
                                                      const std::vector<LostPlace>& places,
                                                      absl::Time now);

}  // namespace dm::booking
