#include "services/booking/domain/policy.h"

#include <algorithm>

namespace dm::booking {

std::optional<absl::Time> ExpireTime(const Booking& booking, const Policy& policy) {
  const absl::Time start = booking.start_time;
  switch (booking.state) {
    case BookingState::kWaitlisted:
      return start;
    case BookingState::kOffered:
      return std::min(start, booking.update_time + policy.offer_time);
    case BookingState::kPendingConsent:
      return std::min(start, booking.update_time + policy.consent_time);
    case BookingState::kPendingHost:
      return std::min(start, booking.update_time + policy.host_time);
    case BookingState::kConfirmed:
      if (booking.agreement_needed && !booking.agreement_validated) return start;
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

}  // namespace dm::booking
