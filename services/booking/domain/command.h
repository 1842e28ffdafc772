#pragma once

#include "services/booking/domain/booking.h"
#include "services/booking/domain/transitions.h"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace dm::booking {

// What the verified token lets a caller be, in the words of the bookings.
struct Actor {
  // "people/{subject}". Request ids belong to it.
  std::string person;
  // Whether the person books for themself.
  bool applicant = false;
  // Hosts that the person answers for: "companies/{siret}", "ambassadors/{ambassador}".
  std::vector<std::string> hosts;
  // Départements whose bookings the person may see and lead for an agency.
  std::vector<std::string> departments;
  // The suite itself: timers and what follows from facts.
  bool system = false;
};

// The suite itself as an actor.
Actor SystemActor();

// Takes a seat for the actor, or a place in line.
struct CreateCommand {
  // UUID, and the full name that the caller gave: both must match.
  std::string session_id;
  std::string session_name;
  // The id that the booking will have if it is made: of NewBookingId.
  std::string booking_id;
  bool join_waitlist = false;
  // Under which rules; absent for those that follow.
  std::optional<Scheme> scheme;
};

// Takes a step on a booking.
struct StepCommand {
  std::string booking_id;
  Step step = Step::kAccept;
  // The version that the caller saw; absent for "whatever it is now".
  std::optional<int64_t> expected_version;
  // In the caller's words. May be empty.
  std::string reason;
};

// Gives up a booking for a seat of another session of the same host, or changes nothing.
struct RescheduleCommand {
  std::string booking_id;
  std::optional<int64_t> expected_version;
  // The new session and the new booking, as in CreateCommand.
  std::string session_id;
  std::string session_name;
  std::string new_booking_id;
};

// Looks at a session whose seats or fate changed: offers free seats to the line, tells who is in
// excess. The suite's own.
struct ReviewSessionCommand {
  std::string session_id;
};

// A write that somebody asked for.
struct Command {
  Actor actor;
  // UUID in lower case. Empty for the suite's own commands, which nobody repeats.
  std::string request_id;
  // The RPC method and a hash of the request: what a replay must be equal to.
  std::string method;
  std::string fingerprint;
  std::variant<CreateCommand, StepCommand, RescheduleCommand, ReviewSessionCommand> what;
};

// Whether the actor may know that the booking exists.
bool MaySee(const Actor& actor, const Booking& booking);

// Whether the actor is the booking's applicant, or answers for its host.
bool IsApplicantOf(const Actor& actor, const Booking& booking);
bool IsHostOf(const Actor& actor, const Booking& booking);
// Whether the actor sees the booking for an agency alone: such a look is kept.
bool SeesForAgencyOnly(const Actor& actor, const Booking& booking);

// As which party the actor may take the step on this booking; absent when as none. Who is both
// applicant and host of a booking acts as the host where the host alone may.
std::optional<Party> PartyFor(const Actor& actor, const Booking& booking, Step step);

}  // namespace dm::booking
