#include "services/booking/domain/line.h"

#include "services/booking/domain/admission.h"
#include "services/booking/domain/moved_session.h"

namespace dm::booking {
void OfferFreeSeats(Overlay& world, const std::string& session_id) {
  const Session* session = world.FindSession(session_id);
  const bool open = session->open && !session->cancelled && world.now() < session->start_time;
  if (!open || session->waitlisted == 0 || !session->has_free_seat()) return;
  const auto waiting_at_first = static_cast<size_t>(session->waitlisted);
  const std::vector<Booking> line = world.LineOf(session_id);
  for (const Booking& first : line) {
    const Session& now = *world.FindSession(session_id);
    if (!now.has_free_seat()) return;
    const Booking waiting = IsLeftBehind(first, now) ? FollowSession(world, first, now) : first;
    if (waiting.state != BookingState::kWaitlisted || HoldsSeatElsewhere(world, waiting)) continue;
    const Transition* offer = FindTransition(waiting.state, Step::kOffer, Party::kSystem, Facts{});
    world.Move(waiting, *offer, {Party::kSystem, SystemActor().person}, "");
  }
  // Those at hand may not be all who wait.
  const Session* after = world.FindSession(session_id);
  if (after->has_free_seat() && waiting_at_first > line.size()) world.MarkReviewAgain(session_id);
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

}  // namespace dm::booking
