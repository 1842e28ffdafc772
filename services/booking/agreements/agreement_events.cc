#include "services/booking/agreements/agreement_events.h"

#include "absl/strings/str_cat.h"
#include "destinationmetier/event/v1/agreement_events.pb.h"
#include "services/booking/domain/agreement_refusals.h"

namespace dm::booking {
namespace {

namespace pb = destinationmetier::event::v1;

void SetTime(absl::Time time, google::protobuf::Timestamp* out) {
  const int64_t micros = absl::ToUnixMicros(time);
  out->set_seconds(micros / 1'000'000);
  out->set_nanos(static_cast<int32_t>(micros % 1'000'000) * 1000);
}

pb::AgreementChanged::Actor ActorOf(AgreementParty party) {
  switch (party) {
    case AgreementParty::kApplicant:
      return pb::AgreementChanged::ACTOR_APPLICANT;
    case AgreementParty::kGuardian:
      return pb::AgreementChanged::ACTOR_GUARDIAN;
    case AgreementParty::kTutor:
      return pb::AgreementChanged::ACTOR_TUTOR;
    case AgreementParty::kSchool:
      return pb::AgreementChanged::ACTOR_SCHOOL;
    case AgreementParty::kChamber:
      return pb::AgreementChanged::ACTOR_CHAMBER;
    case AgreementParty::kSystem:
      return pb::AgreementChanged::ACTOR_SYSTEM;
  }
  return pb::AgreementChanged::ACTOR_UNSPECIFIED;
}

}  // namespace

events::NewEvent EventOf(const AgreementChange& change, const Booking& booking) {
  const Agreement& after = change.after;
  pb::AgreementChanged changed;
  changed.set_agreement(AgreementName(booking.id));
  changed.set_booking(absl::StrCat("bookings/", booking.id));
  changed.set_session(booking.session_name);
  changed.set_applicant(booking.applicant);
  changed.set_host(booking.host);
  if (change.from.has_value()) {
    changed.set_from_state(std::string(AgreementStateName(*change.from)));
  }
  changed.set_to_state(std::string(AgreementStateName(after.state)));
  changed.set_version(after.version);
  changed.set_actor(ActorOf(change.party));
  changed.set_reason(after.why);
  changed.set_scheme(std::string(SchemeName(after.scheme)));
  SetTime(after.start_time, changed.mutable_start_time());
  SetTime(after.end_time, changed.mutable_end_time());
  return events::MakeEvent(changed.agreement(), changed);
}

}  // namespace dm::booking
