#include "services/booking/domain/moved_session.h"

#include "absl/status/status.h"
#include "services/booking/domain/admission.h"
#include "services/booking/domain/consent.h"

namespace dm::booking {
namespace {

// Whether the law forbids the stay at the session's time. Of who is to be erased nothing is judged:
// the erasure ends what they have.
bool RulesAreBroken(const Overlay& world, const Booking& booking, const Session& session) {
  const absl::StatusOr<Judgement> judgement =
      Judge(world, session, booking.applicant, booking.scheme, Detail::kBrokenRules, booking.id);
  return judgement.ok() ? !judgement->allowed() : absl::IsInvalidArgument(judgement.status());
}

Facts FactsAtNewTime(const Overlay& world, const Booking& moved, const Session& session) {
  const Person& applicant = world.snapshot().PersonNamed(moved.applicant);
  return {.started = world.now() >= moved.start_time,
          .consent_missing = StandingOf(moved, applicant) == ConsentStanding::kMissing,
          .overlap_confirmed = ConfirmedElsewhere(world, moved),
          .rules_broken = RulesAreBroken(world, moved, session),
          .seat_elsewhere = HoldsSeatElsewhere(world, moved)};
}

}  // namespace

bool IsLeftBehind(const Booking& booking, const Session& session) {
  return IsLive(booking.state) && !session.cancelled &&
         (booking.start_time != session.start_time || booking.end_time != session.end_time);
}

Booking FollowSession(Overlay& world, const Booking& booking, const Session& session) {
  Booking moved = booking;
  moved.start_time = session.start_time;
  moved.end_time = session.end_time;
  moved.session_title = session.title;
  const Transition* step = FindTransition(booking.state, Step::kFollow, Party::kSystem,
                                          FactsAtNewTime(world, moved, session));
  // What ends has never been at the new time.
  return world.Move(IsLive(step->to) ? moved : booking, *step,
                    {Party::kSystem, SystemActor().person}, "");
}

}  // namespace dm::booking
