#include "services/booking/domain/consent.h"

#include "services/booking/domain/presence.h"
#include "services/booking/domain/snapshot.h"

namespace dm::booking {
namespace {

constexpr int kOfAge = 18;

// Whether what was agreed to, of a consent that concerns the booking, is what will be.
bool IsForItsTime(const Consent& consent, const Booking& booking) {
  return consent.scope != Consent::Scope::kBooking ||
         (consent.start_time == booking.start_time && consent.end_time == booking.end_time);
}

}  // namespace

bool Concerns(const Consent& consent, const Booking& booking) {
  switch (consent.scope) {
    case Consent::Scope::kBooking:
      return consent.booking_id == booking.id;
    case Consent::Scope::kScheme:
      if (consent.scheme != booking.scheme) return false;
      break;
    case Consent::Scope::kAll:
      break;
  }
  // It covers the day that it names: the stay must have ended by then.
  const absl::Time last_instant = booking.end_time - absl::Microseconds(1);
  return consent.until.has_value() && ParisDayOf(last_instant) <= *consent.until;
}

ConsentStanding StandingOf(const Booking& booking, const Person& person) {
  if (!person.profile.has_value() ||
      AgeOn(person.profile->birth_date, ParisDayOf(booking.start_time)) >= kOfAge) {
    return ConsentStanding::kNotNeeded;
  }
  bool taken_back = false;
  for (const Consent& consent : person.consents) {
    if (!Concerns(consent, booking)) continue;
    if (consent.given && !consent.withdrawn.has_value()) {
      if (IsForItsTime(consent, booking)) return ConsentStanding::kGiven;
      continue;
    }
    // A no to the time of before is a no.
    taken_back |= consent.withdrawn.value_or(consent.decided) >= booking.create_time;
  }
  return taken_back ? ConsentStanding::kWithdrawn : ConsentStanding::kMissing;
}

}  // namespace dm::booking
