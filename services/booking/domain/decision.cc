#include "services/booking/domain/decision.h"

#include "absl/container/flat_hash_map.h"
#include "services/booking/domain/admission.h"
#include "services/booking/domain/line.h"
#include "services/booking/domain/moved_session.h"
#include "services/booking/domain/overlay.h"
#include "services/booking/domain/refusals.h"
#include "services/booking/domain/transitions.h"

#include <algorithm>
#include <utility>

namespace dm::booking {
namespace {

using RequestKey = std::pair<std::string, std::string>;

// What a person is told who was the last to come where too many hold seats.
constexpr size_t kMostLastIn = 100;

// The commands of a batch, taken one after the other.
class Decider {
 public:
  Decider(const Snapshot& snapshot, const Terms& terms, absl::Span<const Command> commands)
      : world_(snapshot, terms), commands_(commands) {
    outcomes_.reserve(commands.size());
  }

  void Take(size_t index) {
    const Command& command = commands_[index];
    outcomes_.push_back(OutcomeOf(command));
    if (std::holds_alternative<Done>(outcomes_.back()) && !command.request_id.empty()) {
      done_here_.emplace(RequestKey(command.actor.person, command.request_id), index);
    }
  }

  Decision Finish() && {
    Decision decision = std::move(world_).Finish();
    decision.outcomes = std::move(outcomes_);
    return decision;
  }

 private:
  Outcome OutcomeOf(const Command& command) {
    if (!command.request_id.empty()) {
      if (std::optional<Outcome> known = AnsweredBefore(command)) return *std::move(known);
    }
    if (const auto* create = std::get_if<CreateCommand>(&command.what)) {
      return Create(command.actor, *create);
    }
    if (const auto* move = std::get_if<RescheduleCommand>(&command.what)) {
      return Reschedule(command.actor, *move);
    }
    if (const auto* review = std::get_if<ReviewSessionCommand>(&command.what)) {
      return ReviewSession(review->session_id);
    }
    return TakeStep(command.actor, std::get<StepCommand>(command.what));
  }

  std::optional<Outcome> AnsweredBefore(const Command& command) const {
    const std::string& person = command.actor.person;
    if (const auto* recorded = world_.snapshot().FindRequest(person, command.request_id)) {
      if (recorded->method != command.method || recorded->fingerprint != command.fingerprint) {
        return Refused{RequestIdReused()};
      }
      return Replayed{recorded->answer};
    }
    const auto it = done_here_.find(RequestKey(person, command.request_id));
    if (it == done_here_.end()) return std::nullopt;
    const Command& first = commands_[it->second];
    if (first.method != command.method || first.fingerprint != command.fingerprint) {
      return Refused{RequestIdReused()};
    }
    return SameAs{it->second};
  }

  Outcome Create(const Actor& actor, const CreateCommand& create) {
    const Session* session = world_.FindSession(create.session_id);
    if (session == nullptr || session->name != create.session_name) {
      return Refused{SessionUnknown(create.session_name)};
    }
    // Who waits comes before who arrives: seats may have been added a moment ago.
    OfferFreeSeats(world_, create.session_id);
    return Book(actor, *world_.FindSession(create.session_id), create.booking_id,
                {.person = actor.person,
                 .scheme = create.scheme,
                 .join_waitlist = create.join_waitlist,
                 .leaving = ""});
  }

  // Makes a booking of the session, if the person is admitted.
  Outcome Book(const Actor& actor, const Session& session, const std::string& booking_id,
               const Wish& wish) {
    absl::StatusOr<Admission> admission = Admit(world_, session, wish);
    if (!admission.ok()) return Refused{admission.status()};
    Booking booking = {.id = booking_id,
                       .session_id = session.id,
                       .session_name = session.name,
                       .session_title = session.title,
                       .applicant = wish.person,
                       .host = session.host,
                       .department = session.department,
                       .start_time = session.start_time,
                       .end_time = session.end_time,
                       .create_time = world_.now(),
                       .scheme = admission->judgement.scheme,
                       .profession = session.profession,
                       .agreement_needed = admission->judgement.agreement_needed,
                       .rescheduled_from = wish.leaving};
    Facts facts = FactsOf(booking, &session);
    facts.seat_free = admission->seat_free;
    const Transition* entry = FindTransition(std::nullopt, Step::kBook, Party::kApplicant, facts);
    const Booking made = world_.Make(std::move(booking), *entry, {Party::kApplicant, actor.person});
    FollowUp(*entry, made);
    return Done{*world_.FindBooking(made.id)};
  }

  Outcome TakeStep(const Actor& actor, const StepCommand& step) {
    const Booking* found = world_.FindBooking(step.booking_id);
    if (found == nullptr || !MaySee(actor, *found)) return Refused{BookingUnknown(step.booking_id)};
    const auto party = PartyFor(actor, *found, step.step);
    if (!party.has_value()) return Refused{NotYourStep(*found, step.step)};
    const Booking seen = Followed(*found);
    if (step.expected_version.has_value() && *step.expected_version != seen.version) {
      return Refused{EtagMismatch(seen)};
    }
    if (step.step == Step::kReview) return Review(seen);
    const Transition* transition = FindTransition(
        seen.state, step.step, *party, FactsOf(seen, world_.FindSession(seen.session_id)));
    if (transition == nullptr) return Refused{WhyNot(seen, step.step, *party)};
    if (step.step == Step::kConfirm) {
      if (absl::Status barred = MayTakeOffer(seen); !barred.ok()) return Refused{barred};
    }
    const Booking moved = world_.Move(seen, *transition, {*party, actor.person}, step.reason);
    FollowUp(*transition, moved);
    return Done{*world_.FindBooking(moved.id)};
  }

  // The booking at the time of its session, before anybody decides about it: whoever saw it at
  // another time saw an older version.
  Booking Followed(const Booking& seen) {
    const Session* session = world_.FindSession(seen.session_id);
    if (session == nullptr || !IsLeftBehind(seen, *session)) return seen;
    const Booking before = seen;
    const Booking moved = FollowSession(world_, before, *session);
    // Whatever became of it, the time of before is free for the person.
    if (HoldsSeat(before.state)) OfferWhereWaiting(world_, before);
    if (HoldsSeat(before.state) && !HoldsSeat(moved.state)) {
      OfferFreeSeats(world_, before.session_id);
    }
    if (moved.state == BookingState::kConfirmed) ReleaseOverlapping(world_, moved);
    return *world_.FindBooking(before.id);
  }

  // What the person has taken since they joined the line counts too.
  absl::Status MayTakeOffer(const Booking& offered) const {
    const Session& session = *world_.FindSession(offered.session_id);
    const absl::StatusOr<Judgement> judgement =
        Judge(world_, session, offered.applicant, offered.scheme, Detail::kBrokenRules, offered.id);
    if (!judgement.ok()) return judgement.status();
    if (!judgement->allowed()) return NotEligible(session.name, judgement->findings);
    return absl::OkStatus();
  }

  // Time or facts may have moved on; if not, it is only seen to that it is looked at again.
  Outcome Review(const Booking& seen) {
    const Facts facts = FactsOf(seen, world_.FindSession(seen.session_id));
    const Transition* transition = FindTransition(seen.state, Step::kReview, Party::kSystem, facts);
    if (transition != nullptr && transition->to != seen.state) {
      const Booking moved =
          world_.Move(seen, *transition, {Party::kSystem, SystemActor().person}, "");
      FollowUp(*transition, moved);
    } else if (IsLive(seen.state)) {
      const auto expires = ExpireTime(seen, world_.terms().policy);
      // What the start moves and did not move, nothing will.
      const bool due = expires.has_value() && *expires > world_.now();
      world_.LookAgain(seen, due ? expires : std::nullopt);
      // Who waits may hold no other seat at that time any more.
      if (seen.state == BookingState::kWaitlisted) OfferFreeSeats(world_, seen.session_id);
    } else {
      world_.LookAgain(seen, std::nullopt);
    }
    return Reviewed{};
  }

  Outcome Reschedule(const Actor& actor, const RescheduleCommand& move) {
    const Booking* found = world_.FindBooking(move.booking_id);
    if (found == nullptr || !MaySee(actor, *found)) return Refused{BookingUnknown(move.booking_id)};
    if (!actor.applicant || actor.person != found->applicant) {
      return Refused{NotYourStep(*found, Step::kMove)};
    }
    const Booking old = Followed(*found);
    if (move.expected_version.has_value() && *move.expected_version != old.version) {
      return Refused{EtagMismatch(old)};
    }
    const Session* session = world_.FindSession(move.session_id);
    if (session == nullptr || session->name != move.session_name) {
      return Refused{SessionUnknown(move.session_name)};
    }
    const Transition* leave = FindTransition(old.state, Step::kMove, Party::kApplicant,
                                             FactsOf(old, world_.FindSession(old.session_id)));
    if (leave == nullptr) return Refused{WhyNot(old, Step::kMove, Party::kApplicant)};
    if (session->id == old.session_id) return Refused{AlreadyBooked(session->name)};
    if (session->host != old.host) return Refused{OtherHost(session->name)};
    OfferFreeSeats(world_, move.session_id);
    // The seat that is given up is free only once the new one is there.
    const Wish wish = {
        .person = actor.person, .scheme = old.scheme, .join_waitlist = false, .leaving = old.id};
    Outcome booked = Book(actor, *world_.FindSession(move.session_id), move.new_booking_id, wish);
    if (!std::holds_alternative<Done>(booked)) return booked;
    world_.Move(*world_.FindBooking(old.id), *leave, {Party::kApplicant, actor.person}, "",
                move.new_booking_id);
    OfferFreeSeats(world_, old.session_id);
    OfferWhereWaiting(world_, old);
    return Done{*world_.FindBooking(move.new_booking_id)};
  }

  Outcome ReviewSession(const std::string& session_id) {
    const Session* session = world_.FindSession(session_id);
    if (session == nullptr) return Reviewed{};
    world_.MarkReviewed(session_id);
    if (session->cancelled) {
      for (const Booking& booking : world_.LiveBookingsIn(session_id)) Review(booking);
      const Session* after = world_.FindSession(session_id);
      if (after->held + after->waitlisted > 0) world_.MarkReviewAgain(session_id);
      return Reviewed{};
    }
    for (const Booking& listed : world_.LiveBookingsIn(session_id)) {
      // One that went before may have freed a seat for this one.
      const Booking booking = *world_.FindBooking(listed.id);
      if (!IsLeftBehind(booking, *world_.FindSession(session_id))) continue;
      // The new time may have come already, or need no consent any more.
      if (const Booking moved = Followed(booking); IsLive(moved.state)) Review(moved);
    }
    OfferFreeSeats(world_, session_id);
    TellLastIn(*world_.FindSession(session_id));
    return Reviewed{};
  }

  // The host took seats away that people hold.
  void TellLastIn(const Session& session) {
    if (session.held <= session.announced_capacity || world_.now() >= session.start_time) return;
    std::vector<Booking> holders;
    for (Booking& booking : world_.LiveBookingsIn(session.id)) {
      if (HoldsSeat(booking.state)) holders.push_back(std::move(booking));
    }
    std::sort(holders.begin(), holders.end(), [](const Booking& a, const Booking& b) {
      return std::pair(a.create_time, a.id) > std::pair(b.create_time, b.id);
    });
    const auto excess = static_cast<size_t>(session.held - session.announced_capacity);
    holders.resize(std::min({holders.size(), excess, kMostLastIn}));
    world_.Tell({session, std::move(holders)});
  }

  void FollowUp(const Transition& transition, const Booking& booking) {
    if (transition.effect == Effect::kConfirmsSeat) ReleaseOverlapping(world_, booking);
    if (transition.effect == Effect::kFreesSeat) {
      OfferFreeSeats(world_, booking.session_id);
      OfferWhereWaiting(world_, booking);
    }
  }

  Facts FactsOf(const Booking& booking, const Session* session) const {
    const Person& applicant = world_.snapshot().PersonNamed(booking.applicant);
    const ConsentStanding consent = StandingOf(booking, applicant);
    const auto expires = ExpireTime(booking, world_.terms().policy);
    return {.started = world_.now() >= booking.start_time,
            .seat_free = session->has_free_seat(),
            .consent_missing = consent == ConsentStanding::kMissing,
            .consent_withdrawn = consent == ConsentStanding::kWithdrawn,
            .by_hand = !session->instant_confirmation,
            .timed_out = expires.has_value() && *expires <= world_.now(),
            .session_cancelled = session->cancelled,
            .overlap_confirmed = ConfirmedElsewhere(world_, booking),
            .agreement_missing = booking.agreement_needed && !booking.agreement_validated,
            .erased = applicant.erased};
  }

  absl::Status WhyNot(const Booking& booking, Step step, Party party) const {
    const std::optional<Guard> guard = LastGuard(booking.state, step, party);
    const bool started = world_.now() >= booking.start_time;
    if (guard == Guard::kBeforeStart || (guard == Guard::kConsentSettled && started)) {
      return SessionPast(booking.session_name);
    }
    if (guard == Guard::kStarted) return SessionNotStarted(booking.session_name);
    return StateConflict(booking, step);
  }

  Overlay world_;
  const absl::Span<const Command> commands_;
  std::vector<Outcome> outcomes_;
  // The commands of this batch that were done, by request.
  absl::flat_hash_map<RequestKey, size_t> done_here_;
};

}  // namespace

Decision Decide(const Snapshot& snapshot, const Terms& terms, absl::Span<const Command> commands) {
  Decider decider(snapshot, terms, commands);
  for (size_t i = 0; i < commands.size(); ++i) decider.Take(i);
  return std::move(decider).Finish();
}

Outcome DecideAlone(const Snapshot& snapshot, const Terms& terms, const Command& command) {
  return Decide(snapshot, terms, absl::MakeConstSpan(&command, 1)).outcomes.front();
}

}  // namespace dm::booking
