#pragma once

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "services/booking/domain/booking.h"
#include "services/booking/domain/eligibility.h"
#include "services/booking/domain/scheme.h"
#include "services/booking/domain/transitions.h"

#include <string>
#include <vector>

// Every reason for which the ledger says no, with the words that a person will read.
namespace dm::booking {

absl::Status SessionUnknown(const std::string& session_name);
absl::Status BookingUnknown(const std::string& booking_id);
absl::Status SessionFull(const Session& session);
// The month's requests are all taken; `open_day` is the first on which the host takes more.
absl::Status HostQuotaReached(const Session& session, absl::CivilDay open_day);
// The session is kept for other schools, or for priority areas.
absl::Status ReservedToOthers(const Session& session);
absl::Status SessionPast(const std::string& session_name);
absl::Status SessionClosed(const Session& session);
absl::Status AlreadyBooked(const std::string& session_name);
absl::Status Overlap(const std::string& session_name);
absl::Status RequestIdReused();
absl::Status StateConflict(const Booking& booking, Step step);
absl::Status EtagMismatch(const Booking& booking);
absl::Status SessionNotStarted(const std::string& session_name);
absl::Status OtherHost(const std::string& session_name);
absl::Status ProfileRequired();
absl::Status SchemeUnfit(Scheme scheme);
// Names every rule that is broken.
absl::Status NotEligible(const std::string& session_name, const std::vector<RuleFinding>& findings);
absl::Status TooManyRequestsOpen(int most);
absl::Status FeedbackGiven(const std::string& booking_id);
absl::Status NotYourStep(const Booking& booking, Step step);

}  // namespace dm::booking
