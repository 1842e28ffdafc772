#include "services/booking/ledger/ledger_events.h"

#include "absl/strings/str_cat.h"
#include "destinationmetier/event/v1/booking_events.pb.h"
#include "destinationmetier/event/v1/session_events.pb.h"

namespace dm::booking {
namespace {

namespace pb = destinationmetier::event::v1;

void SetTime(absl::Time time, google::protobuf::Timestamp* out) {
  const int64_t micros = absl::ToUnixMicros(time);
  out->set_seconds(micros / 1'000'000);
  out->set_nanos(static_cast<int32_t>(micros % 1'000'000) * 1000);
}

pb::BookingChanged::Actor ActorOf(Party party) {
  switch (party) {
    case Party::kApplicant:
      return pb::BookingChanged::ACTOR_APPLICANT;
    case Party::kHost:
      return pb::BookingChanged::ACTOR_HOST;
    case Party::kAgency:
      return pb::BookingChanged::ACTOR_AGENCY;
    case Party::kSystem:
      return pb::BookingChanged::ACTOR_SYSTEM;
  }
  return pb::BookingChanged::ACTOR_UNSPECIFIED;
}

pb::BookingChanged ToMessage(const TransitionRecord& record) {
  const Booking& booking = record.booking;
  pb::BookingChanged changed;
  changed.set_booking(absl::StrCat("bookings/", booking.id));
  changed.set_session(booking.session_name);
  changed.set_applicant(booking.applicant);
  changed.set_host(booking.host);
  if (record.from.has_value()) {
    changed.set_from_state(std::string(BookingStateName(*record.from)));
  }
  changed.set_to_state(std::string(BookingStateName(booking.state)));
  changed.set_version(booking.version);
  changed.set_actor(ActorOf(record.party));
  changed.set_reason(record.why);
  SetTime(booking.start_time, changed.mutable_start_time());
  SetTime(booking.end_time, changed.mutable_end_time());
  if (booking.expire_time.has_value()) SetTime(*booking.expire_time, changed.mutable_expire_time());
  if (!record.related_booking.empty()) {
    changed.set_related_booking(absl::StrCat("bookings/", record.related_booking));
  }
  changed.set_scheme(std::string(SchemeName(booking.scheme)));
  changed.set_counted_requests(record.counted_requests);
  SetTime(booking.create_time, changed.mutable_request_time());
  changed.set_department(booking.department);
  return changed;
}

pb::SessionOverbooked ToMessage(const Overbooking& overbooking) {
  pb::SessionOverbooked told;
  told.set_session(overbooking.session.name);
  told.set_host(overbooking.session.host);
  told.set_announced(overbooking.session.announced_capacity);
  told.set_held(overbooking.session.held);
  for (const Booking& booking : overbooking.last_in) {
    pb::SessionOverbooked::LastIn* last = told.add_last_in();
    last->set_booking(absl::StrCat("bookings/", booking.id));
    last->set_applicant(booking.applicant);
  }
  return told;
}

// Whoever took the step, else who made something happen in the session: a seat that one gave up is
// offered to another.
std::string CauseOf(const Causes& causes, const std::string& booking, const std::string& session) {
  for (const std::string& name : {booking, session}) {
    const auto found = causes.find(name);
    if (found != causes.end()) return found->second;
  }
  return "";
}

}  // namespace

std::vector<events::NewEvent> EventsOf(const Decision& decision, const SimilarNames& similar,
                                       const Causes& causes) {
  std::vector<events::NewEvent> events;
  for (size_t i = 0; i < decision.transitions.size(); ++i) {
    pb::BookingChanged changed = ToMessage(decision.transitions[i]);
    const auto offered = similar.find(i);
    if (offered != similar.end()) {
      changed.mutable_similar_sessions()->Assign(offered->second.begin(), offered->second.end());
    }
    events.push_back(events::MakeEvent(changed.booking(), changed,
                                       CauseOf(causes, changed.booking(), changed.session())));
  }
  for (const SessionChange& change : decision.sessions) {
    if (change.held_delta == 0) continue;
    pb::SeatsChanged seats;
    seats.set_session(change.session.name);
    seats.set_capacity(change.session.capacity());
    seats.set_held(change.session.held);
    seats.set_department(change.session.department);
    events.push_back(
        events::MakeEvent(change.session.name, seats, CauseOf(causes, "", change.session.name)));
  }
  for (const Overbooking& overbooking : decision.overbookings) {
    events.push_back(events::MakeEvent(overbooking.session.name, ToMessage(overbooking),
                                       CauseOf(causes, "", overbooking.session.name)));
  }
  return events;
}

}  // namespace dm::booking
