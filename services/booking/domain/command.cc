#include "services/booking/domain/command.h"

#include <algorithm>

namespace dm::booking {
namespace {

bool Has(const std::vector<std::string>& values, const std::string& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

bool IsApplicantOf(const Actor& actor, const Booking& booking) {
  return actor.applicant && actor.person == booking.applicant;
}

}  // namespace

Actor SystemActor() {
  Actor actor;
  actor.person = "system";
  actor.system = true;
  return actor;
}

bool MaySee(const Actor& actor, const Booking& booking) {
  return actor.system || IsApplicantOf(actor, booking) || Has(actor.hosts, booking.host) ||
         Has(actor.departments, booking.department);
}

std::optional<Party> PartyFor(const Actor& actor, const Booking& booking, Step step) {
  if (actor.system && MayTake(Party::kSystem, step)) return Party::kSystem;
  if (IsApplicantOf(actor, booking) && MayTake(Party::kApplicant, step)) return Party::kApplicant;
  if (Has(actor.hosts, booking.host) && MayTake(Party::kHost, step)) return Party::kHost;
  if (Has(actor.departments, booking.department) && MayTake(Party::kAgency, step)) {
    return Party::kAgency;
  }
  return std::nullopt;
}

}  // namespace dm::booking
