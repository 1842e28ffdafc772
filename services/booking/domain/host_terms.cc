#include "services/booking/domain/host_terms.h"

#include "common/time/clock.h"

#include <algorithm>

namespace dm::booking {

absl::CivilMonth MonthOf(absl::Time time) {
  return absl::CivilMonth(absl::ToCivilDay(time, ParisTimeZone()));
}

absl::CivilDay NextMonthAfter(absl::Time time) { return absl::CivilDay(MonthOf(time) + 1); }

bool QuotaIsReached(const Session& session, int requests) {
  return session.monthly_request_quota > 0 && requests >= session.monthly_request_quota;
}

bool GivesPlaceBack(BookingState from, const Transition& transition) {
  const bool ends =
      transition.to == BookingState::kCancelled || transition.to == BookingState::kExpired;
  const bool answered = from == BookingState::kConfirmed;
  const bool by_host = transition.party == Party::kHost || transition.why == "SESSION_CANCELLED" ||
                       transition.why == "HOST_DID_NOT_ANSWER";
  return ends && !answered && !by_host && transition.step != Step::kMove;
}

bool HandsItsPlaceOn(const Booking& left, absl::Time now) {
  return left.counted && left.state != BookingState::kConfirmed &&
         MonthOf(left.create_time) == MonthOf(now);
}

bool IsOneOf(const std::vector<std::string>& schools, absl::string_view school) {
  return std::find(schools.begin(), schools.end(), school) != schools.end();
}

bool IsAmongReserved(const Session& session, const Applicant& applicant) {
  return (session.reserved_schools.empty() ||
          IsOneOf(session.reserved_schools, applicant.school_uai)) &&
         (!session.priority_areas_only || applicant.priority_area);
}

HostTerms HostTermsOf(const Session& session, int requests) {
  return {.monthly_quota = session.monthly_request_quota,
          .requests = requests,
          .reserved_schools = session.reserved_schools,
          .priority_areas_only = session.priority_areas_only};
}

}  // namespace dm::booking
