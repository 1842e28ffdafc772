#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/booking/domain/booking.h"
#include "services/booking/domain/eligibility.h"
#include "services/booking/domain/transitions.h"

#include <string>
#include <vector>

// What a host asks of requests beyond the law: no more than so many a month, only from given
// schools or priority areas.
namespace dm::booking {

// The month in Paris, and the first day of the one after it.
absl::CivilMonth MonthOf(absl::Time time);
absl::CivilDay NextMonthAfter(absl::Time time);

// Whether the host takes no more requests in a month in which it got so many.
bool QuotaIsReached(const Session& session, int requests);

// Whether a booking that counted among the host's requests no longer does after the step: it ended
// before the host had to answer, and not by the host's doing. Who cancels in time takes nobody's
// place; a host who lets requests run out does not get ever more of them.
bool GivesPlaceBack(BookingState from, const Transition& transition);

// Whether the booking that takes the place of this one counts in its stead: not where the host has
// answered, and not in another month, where it would count anew.
bool HandsItsPlaceOn(const Booking& left, absl::Time now);

bool IsOneOf(const std::vector<std::string>& schools, absl::string_view school);

// Whether the session is kept for nobody, or for people such as this one.
bool IsAmongReserved(const Session& session, const Applicant& applicant);

HostTerms HostTermsOf(const Session& session, int requests);

}  // namespace dm::booking
