#include "services/booking/domain/admission.h"

#include "services/booking/domain/host_terms.h"
#include "services/booking/domain/presence.h"
#include "services/booking/domain/refusals.h"

#include <algorithm>

namespace dm::booking {
namespace {

bool IsOpenRequest(BookingState state) {
  return IsLive(state) && state != BookingState::kConfirmed;
}

Scheme MiniStageOf(Chamber chamber) {
  switch (chamber) {
    case Chamber::kCci:
      return Scheme::kMiniStageCci;
    case Chamber::kCma:
      return Scheme::kMiniStageCma;
    case Chamber::kAgriculture:
      return Scheme::kMiniStageAgriculture;
  }
  return Scheme::kMiniStageCci;
}

bool IsSchoolPupil(Level level) {
  return level == Level::kQuatrieme || level == Level::kTroisieme || level == Level::kSeconde;
}

bool CountsAsStay(const Booking& booking) {
  return HoldsSeat(booking.state) || booking.state == BookingState::kCompleted;
}

}  // namespace

Scheme SchemeFor(const Session& session, const Applicant& applicant) {
  if (session.kind == SessionKind::kMeeting) {
    return session.on_site ? Scheme::kInformationVisit : Scheme::kMeeting;
  }
  if (applicant.level == Level::kAdult) return Scheme::kAdultImmersion;
  return MiniStageOf(session.chamber);
}

bool SchemeFits(Scheme scheme, const Session& session, const Applicant& applicant) {
  if (scheme == SchemeFor(session, applicant)) return true;
  return scheme == Scheme::kSchoolObservation && session.kind == SessionKind::kMiniStage &&
         IsSchoolPupil(applicant.level);
}

bool AtTheSameTime(const Booking& booking, absl::Time start_time, absl::Time end_time) {
  return booking.start_time < end_time && start_time < booking.end_time;
}

bool HoldsSeatElsewhere(const Overlay& world, const Booking& booking) {
  const std::vector<Booking> all = world.BookingsOf(booking.applicant);
  return std::any_of(all.begin(), all.end(), [&](const Booking& other) {
    return other.id != booking.id && HoldsSeat(other.state) &&
           AtTheSameTime(other, booking.start_time, booking.end_time);
  });
}

bool ConfirmedElsewhere(const Overlay& world, const Booking& booking) {
  const std::vector<Booking> all = world.BookingsOf(booking.applicant);
  return std::any_of(all.begin(), all.end(), [&](const Booking& other) {
    return other.id != booking.id && other.state == BookingState::kConfirmed &&
           AtTheSameTime(other, booking.start_time, booking.end_time);
  });
}

bool Judgement::allowed() const {
  return std::all_of(findings.begin(), findings.end(),
                     [](const RuleFinding& finding) { return finding.satisfied; });
}

absl::StatusOr<Judgement> Judge(const Overlay& world, const Session& session,
                                const std::string& person, std::optional<Scheme> asked,
                                Detail detail, const std::string& leaving) {
  const Person& known = world.snapshot().PersonNamed(person);
  if (!known.profile.has_value() || known.erased) return ProfileRequired();
  if (asked.has_value() && !SchemeFits(*asked, session, *known.profile)) return SchemeUnfit(*asked);
  const Scheme scheme = asked.value_or(SchemeFor(session, *known.profile));
  EligibilityQuestion question = {
      .stay = {.scheme = scheme,
               .days = PresenceDaysOf(session.start_time, session.end_time),
               .profession = session.profession,
               .host = session.host},
      .applicant = *known.profile,
      .guardian_known = known.guardian_known,
      .prior = {},
      .submitted = world.now(),
      .host_terms = {}};
  if (detail == Detail::kEveryRule) {
    question.host_terms = HostTermsOf(session, world.RequestsOf(session.host));
  }
  for (const Booking& booking : world.BookingsOf(person)) {
    if (!CountsAsStay(booking) || booking.id == leaving || booking.session_id == session.id) {
      continue;
    }
    question.prior.push_back({.scheme = booking.scheme,
                              .first_day = ParisDayOf(booking.start_time),
                              .profession = booking.profession,
                              .host = booking.host,
                              .days = PresenceDaysOf(booking.start_time, booking.end_time)});
  }
  const RuleBook& rules = *world.terms().rules;
  const SchoolCalendar& calendar = *world.terms().calendar;
  return Judgement{.scheme = scheme,
                   .findings = detail == Detail::kEveryRule ? rules.Explain(question, calendar)
                                                            : rules.Broken(question, calendar),
                   .agreement_needed = rules.NeedsAgreement(scheme)};
}

absl::StatusOr<Admission> Admit(const Overlay& world, const Session& session, const Wish& wish) {
  bool seat_taken_then = false;
  bool confirmed_then = false;
  int open_requests = 0;
  for (const Booking& other : world.BookingsOf(wish.person)) {
    if (!IsLive(other.state) || other.id == wish.leaving) continue;
    if (other.session_id == session.id) return AlreadyBooked(session.name);
    if (IsOpenRequest(other.state)) ++open_requests;
    if (!AtTheSameTime(other, session.start_time, session.end_time)) continue;
    seat_taken_then |= HoldsSeat(other.state);
    confirmed_then |= other.state == BookingState::kConfirmed;
  }
  if (world.now() >= session.start_time) return SessionPast(session.name);
  if (!session.open || session.cancelled) return SessionClosed(session);
  const bool seat_free = session.has_free_seat();
  if (!seat_free && !wish.join_waitlist) return SessionFull(session);
  // Another date of the same host is no new request.
  if (wish.leaving.empty() && QuotaIsReached(session, world.RequestsOf(session.host))) {
    return HostQuotaReached(session, NextMonthAfter(world.now()));
  }
  const Person& known = world.snapshot().PersonNamed(wish.person);
  if (known.profile.has_value() && !known.erased && !IsAmongReserved(session, *known.profile)) {
    return ReservedToOthers(session);
  }
  absl::StatusOr<Judgement> judgement =
      Judge(world, session, wish.person, wish.scheme, Detail::kBrokenRules, wish.leaving);
  if (!judgement.ok()) return judgement.status();
  if (!judgement->allowed()) return NotEligible(session.name, judgement->findings);
  // Who waits in line holds nothing, so that is allowed beside a request that may come to nothing.
  if (seat_free ? seat_taken_then : confirmed_then) return Overlap(session.name);
  if (open_requests >= world.terms().policy.most_open_requests) {
    return TooManyRequestsOpen(world.terms().policy.most_open_requests);
  }
  return Admission{.judgement = *std::move(judgement), .seat_free = seat_free};
}

bool AllFindNoSeat(const Snapshot& snapshot, absl::Span<const Command> commands) {
  return std::all_of(commands.begin(), commands.end(), [&](const Command& command) {
    const auto* create = std::get_if<CreateCommand>(&command.what);
    if (create == nullptr || create->join_waitlist) return false;
    const Session* session = snapshot.FindSession(create->session_id);
    return session == nullptr || !session->has_free_seat();
  });
}

}  // namespace dm::booking
