#include "services/booking/domain/line.h"

#include "services/booking/domain/admission.h"

#include <algorithm>

namespace dm::booking {
namespace {

bool HoldsSeatThen(const Overlay& world, const Booking& waiting) {
  const std::vector<Booking> all = world.BookingsOf(waiting.applicant);
  return std::any_of(all.begin(), all.end(), [&](const Booking& other) {
    return other.id != waiting.id && HoldsSeat(other.state) &&
           AtTheSameTime(other, waiting.start_time, waiting.end_time);
  });
}

}  // namespace

void OfferFreeSeats(Overlay& world, const std::string& session_id) {
  const Session* session = world.FindSession(session_id);
  const bool open = session->open && !session->cancelled && world.now() < session->start_time;
  if (!open || session->waitlisted == 0 || !session->has_free_seat()) return;
  const std::vector<Booking> line = world.LineOf(session_id);
  for (const Booking& waiting : line) {
    if (!world.FindSession(session_id)->has_free_seat()) return;
    const Transition* offer = FindTransition(waiting.state, Step::kOffer, Party::kSystem, Facts{});
    if (HoldsSeatThen(world, waiting)) continue;
    world.Move(waiting, *offer, {Party::kSystem, SystemActor().person}, "");
  }
  // Those at hand may not be all who wait.
  const Session* after = world.FindSession(session_id);
  const size_t waiting_beyond = static_cast<size_t>(session->waitlisted);
  if (after->has_free_seat() && waiting_beyond > line.size()) world.MarkReviewAgain(session_id);
}

void OfferWhereWaiting(Overlay& world, const Booking& left) {
  for (const Booking& other : world.BookingsOf(left.applicant)) {
    if (other.id == left.id || other.state != BookingState::kWaitlisted ||
        !AtTheSameTime(other, left.start_time, left.end_time)) {
      continue;
    }
    if (world.FindSession(other.session_id) != nullptr) {
      OfferFreeSeats(world, other.session_id);
    } else {
      // Its session is not at hand: a look at the booking serves the line.
      world.LookAgain(other, world.now());
    }
  }
}

void ReleaseOverlapping(Overlay& world, const Booking& confirmed) {
  for (const Booking& other : world.BookingsOf(confirmed.applicant)) {
    if (other.id == confirmed.id || other.state != BookingState::kWaitlisted ||
        !AtTheSameTime(other, confirmed.start_time, confirmed.end_time)) {
      continue;
    }
    const Transition* release = FindTransition(other.state, Step::kReview, Party::kSystem,
                                               Facts{.overlap_confirmed = true});
    if (world.FindSession(other.session_id) != nullptr) {
      world.Move(other, *release, {Party::kSystem, SystemActor().person}, "");
    } else {
      // Its session is not at hand: it is looked at on its own, and until then the seat that is
      // confirmed keeps it from being offered one.
      world.LookAgain(other, world.now());
    }
  }
}

bool ConfirmedElsewhere(const Overlay& world, const Booking& booking) {
  const std::vector<Booking> all = world.BookingsOf(booking.applicant);
  return std::any_of(all.begin(), all.end(), [&](const Booking& other) {
    return other.id != booking.id && other.state == BookingState::kConfirmed &&
           AtTheSameTime(other, booking.start_time, booking.end_time);
  });
}

}  // namespace dm::booking
