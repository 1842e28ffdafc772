#pragma once

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "services/booking/domain/command.h"
#include "services/booking/domain/eligibility.h"
#include "services/booking/domain/overlay.h"
#include "services/booking/domain/scheme.h"
#include "services/booking/domain/snapshot.h"

#include <optional>
#include <string>
#include <vector>

// Whether somebody may have a seat, or a place in line.
namespace dm::booking {

// The scheme that a session and an applicant make when nobody names one.
Scheme SchemeFor(const Session& session, const Applicant& applicant);
// Whether a booking of the session by the applicant may be under the scheme.
bool SchemeFits(Scheme scheme, const Session& session, const Applicant& applicant);

// What the rules say of a stay.
struct Judgement {
  Scheme scheme = Scheme::kMeeting;
  std::vector<RuleFinding> findings;
  bool agreement_needed = false;

  bool allowed() const;
};

// Which rules are told: those that are broken are quicker to find.
enum class Detail : uint8_t { kBrokenRules, kEveryRule };

// PROFILE_REQUIRED when nothing is known of the person, SCHEME_UNFIT. The booking `leaving` does
// not count among the stays of the person. What the host asks beyond the law is for who is to be
// admitted, not for who has a booking: only kEveryRule tells it.
absl::StatusOr<Judgement> Judge(const Overlay& world, const Session& session,
                                const std::string& person, std::optional<Scheme> asked,
                                Detail detail, const std::string& leaving = "");

// What somebody wants.
struct Wish {
  std::string person;
  std::optional<Scheme> scheme;
  bool join_waitlist = false;
  // The id of the booking that is given up for it; empty for none.
  std::string leaving;
};

struct Admission {
  Judgement judgement;
  bool seat_free = true;
};

// Refusals in this order: what is true of the person and the session alike (ALREADY_BOOKED), of the
// session alone (SESSION_PAST, SESSION_CLOSED, SESSION_FULL, HOST_QUOTA_REACHED), of the person
// (PROFILE_REQUIRED, RESERVED_TO_SCHOOLS, SCHEME_UNFIT, NOT_ELIGIBLE, BOOKING_OVERLAP,
// TOO_MANY_REQUESTS_OPEN). What is cheap to find out
// comes first: in a rush most are refused because it is full.
absl::StatusOr<Admission> Admit(const Overlay& world, const Session& session, const Wish& wish);

// Whether each of the commands asks for a seat, not for a place in line, of a session that has
// none: then none is admitted, whoever asks and whoever waits.
bool AllFindNoSeat(const Snapshot& snapshot, absl::Span<const Command> commands);

// Whether both take place at the same time.
bool AtTheSameTime(const Booking& booking, absl::Time start_time, absl::Time end_time);

// Whether any other booking of its applicant holds a seat, or is confirmed, for the time of this
// one.
bool HoldsSeatElsewhere(const Overlay& world, const Booking& booking);
bool ConfirmedElsewhere(const Overlay& world, const Booking& booking);

}  // namespace dm::booking
