#include "services/booking/domain/command.h"

#include <algorithm>

namespace dm::booking {
namespace {

bool Has(const std::vector<std::string>& values, const std::string& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

}  // namespace

Actor SystemActor() {
  Actor actor;
  actor.person = "system";
  actor.system = true;
  return actor;
}

bool IsApplicantOf(const Actor& actor, const Booking& booking) {
  return actor.applicant && actor.person == booking.applicant;
}

bool IsHostOf(const Actor& actor, const Booking& booking) { return Has(actor.hosts, booking.host); }

bool MaySee(const Actor& actor, const Booking& booking) {
  return actor.system || IsApplicantOf(actor, booking) || IsHostOf(actor, booking) ||
         Has(actor.departments, booking.department);
}

bool SeesForAgencyOnly(const Actor& actor, const Booking& booking) {
  return MaySee(actor, booking) && !actor.system && !IsApplicantOf(actor, booking) &&
         !IsHostOf(actor, booking);
}

std::optional<Party> PartyFor(const Actor& actor, const Booking& booking, Step step) {
  if (actor.system && MayTake(Party::kSystem, step)) return Party::kSystem;
  if (IsApplicantOf(actor, booking) && MayTake(Party::kApplicant, step)) return Party::kApplicant;
  if (IsHostOf(actor, booking) && MayTake(Party::kHost, step)) return Party::kHost;
  if (Has(actor.departments, booking.department) && MayTake(Party::kAgency, step)) {
    return Party::kAgency;
  }
  return std::nullopt;
}

}  // namespace dm::booking
