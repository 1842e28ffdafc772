#include "services/notification/feeds/effects.h"

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/privacy/erasure_events.h"
#include "destinationmetier/event/v1/booking_events.pb.h"
#include "destinationmetier/event/v1/offer_events.pb.h"
#include "destinationmetier/event/v1/session_events.pb.h"
#include "services/notification/domain/message.h"
#include "services/notification/domain/offer_message_rules.h"
#include "services/notification/store/erasure.h"
#include "services/notification/store/message_plan.h"
#include "services/notification/store/session_store.h"

#include <google/protobuf/timestamp.pb.h>

#include <map>
#include <optional>
#include <utility>

namespace dm::notification {
namespace {

namespace pb = destinationmetier::event::v1;

template <typename Payload>
std::string TypeOf() {
  return Payload::descriptor()->full_name();
}

// An event is never skipped, so one that cannot be read stops its feed until it can.
template <typename Payload>
absl::StatusOr<Payload> Unpack(const pb::Event& event) {
  Payload payload;
  if (!event.data().UnpackTo(&payload)) {
    return absl::InternalError(absl::StrCat("event ", event.id(), " holds no ", TypeOf<Payload>()));
  }
  return payload;
}

absl::Time ToTime(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

std::string FormatName(destinationmetier::type::v1::MeetingFormat format) {
  return std::string(absl::StripPrefix(destinationmetier::type::v1::MeetingFormat_Name(format),
                                       "MEETING_FORMAT_"));
}

Session ToSession(const pb::SessionScheduled& scheduled) {
  return {.name = scheduled.session(),
          .host = scheduled.host(),
          .title = scheduled.title(),
          .company_display_name = scheduled.company_display_name(),
          .street = scheduled.place().street(),
          .postal_code = scheduled.place().postal_code(),
          .commune = scheduled.place().commune(),
          .profession = scheduled.profession(),
          .department = scheduled.place().department(),
          .format = ParseSessionFormat(FormatName(scheduled.format())),
          .start_time = ToTime(scheduled.start_time()),
          .end_time = ToTime(scheduled.end_time()),
          .version = scheduled.version()};
}

Actor ToActor(pb::BookingChanged::Actor actor) {
  switch (actor) {
    case pb::BookingChanged::ACTOR_APPLICANT:
      return Actor::kApplicant;
    case pb::BookingChanged::ACTOR_HOST:
      return Actor::kHost;
    case pb::BookingChanged::ACTOR_AGENCY:
      return Actor::kAgency;
    default:
      return Actor::kSystem;
  }
}

BookingStep ToStep(const pb::Event& event, const pb::BookingChanged& changed) {
  return {
      .event_id = event.id(),
      .booking = changed.booking(),
      .session = changed.session(),
      .applicant = changed.applicant(),
      .host = changed.host(),
      .from_state = changed.from_state(),
      .to_state = changed.to_state(),
      .reason = changed.reason(),
      .version = changed.version(),
      .actor = ToActor(changed.actor()),
      .time = ToTime(event.time()),
      .start_time = ToTime(changed.start_time()),
      .end_time = ToTime(changed.end_time()),
      .expire_time =
          changed.has_expire_time() ? std::optional(ToTime(changed.expire_time())) : std::nullopt,
      .similar_sessions = {changed.similar_sessions().begin(), changed.similar_sessions().end()},
      .traceparent = event.traceparent()};
}

Overbooking ToOverbooking(const pb::Event& event, const pb::SessionOverbooked& overbooked) {
  Overbooking told = {.event_id = event.id(),
                      .session = overbooked.session(),
                      .host = overbooked.host(),
                      .time = ToTime(event.time()),
                      .last_in = {},
                      .traceparent = event.traceparent()};
  for (const auto& last : overbooked.last_in()) {
    told.last_in.push_back({last.booking(), last.applicant()});
  }
  return told;
}

OfferActor ToActor(pb::OfferChanged::Actor actor) {
  switch (actor) {
    case pb::OfferChanged::ACTOR_HOST:
      return OfferActor::kHost;
    case pb::OfferChanged::ACTOR_AGENCY:
      return OfferActor::kAgency;
    case pb::OfferChanged::ACTOR_OPERATOR:
      return OfferActor::kOperator;
    case pb::OfferChanged::ACTOR_PARTNER:
      return OfferActor::kPartner;
    default:
      return OfferActor::kSystem;
  }
}

OfferStep ToStep(const pb::Event& event, const pb::OfferChanged& changed) {
  return {.event_id = event.id(),
          .offer = changed.offer(),
          .company = changed.company(),
          .department = changed.department(),
          .from_state = changed.from_state(),
          .to_state = changed.to_state(),
          .reason = changed.reason(),
          .version = changed.version(),
          .actor = ToActor(changed.actor()),
          .time = ToTime(event.time()),
          .title = changed.title()};
}

ReportedOffer ToReported(const pb::Event& event, const pb::OfferReported& reported) {
  return {.event_id = event.id(),
          .report = reported.report(),
          .department = reported.department(),
          .time = ToTime(event.time())};
}

// Keeps the newest of each name: a statement cannot change one row twice.
template <typename Versioned>
void KeepNewest(std::map<std::string, Versioned>& newest, Versioned one) {
  const auto [place, added] = newest.try_emplace(one.name, one);
  if (!added && place->second.version < one.version) place->second = std::move(one);
}

template <typename Versioned>
std::vector<Versioned> ValuesOf(const std::map<std::string, Versioned>& by_name) {
  std::vector<Versioned> values;
  for (const auto& [name, value] : by_name) values.push_back(value);
  return values;
}

// The last step of a transaction, since it confirms.
absl::Status ApplyErasures(database::Transaction& transaction, EventSpan events, absl::Time now) {
  const auto erased = privacy::TombstonesIn(events);
  if (!erased.ok()) return erased.status();
  ForgetPeople(transaction, privacy::PeopleOf(*erased));
  privacy::AppendConfirmations(transaction, *erased, now);
  return absl::OkStatus();
}

}  // namespace

std::vector<std::string> SessionEventTypes() {
  return {TypeOf<pb::SessionScheduled>(), TypeOf<pb::SessionClosed>()};
}

std::vector<std::string> CatalogueEventTypes() {
  std::vector<std::string> types = SessionEventTypes();
  types.push_back(TypeOf<pb::OfferChanged>());
  types.push_back(TypeOf<pb::OfferReported>());
  return types;
}

std::vector<std::string> AmbassadorEventTypes() {
  std::vector<std::string> types = SessionEventTypes();
  types.push_back(privacy::TombstoneType());
  return types;
}

std::vector<std::string> BookingEventTypes() {
  return {TypeOf<pb::BookingChanged>(), TypeOf<pb::SessionOverbooked>(), privacy::TombstoneType()};
}

absl::Status ApplySessionEvents(database::Transaction& transaction, EventSpan events,
                                absl::Time now) {
  std::map<std::string, Session> scheduled;
  std::map<std::string, ClosedSession> closed;
  for (const pb::Event& event : events) {
    if (event.type() == TypeOf<pb::SessionScheduled>()) {
      const auto payload = Unpack<pb::SessionScheduled>(event);
      if (!payload.ok()) return payload.status();
      KeepNewest(scheduled, ToSession(*payload));
    } else if (event.type() == TypeOf<pb::SessionClosed>()) {
      const auto payload = Unpack<pb::SessionClosed>(event);
      if (!payload.ok()) return payload.status();
      KeepNewest(closed, ClosedSession{payload->session(), payload->version()});
    }
  }
  StoreSessions(transaction, ValuesOf(scheduled), now);
  CloseSessions(transaction, ValuesOf(closed));
  return absl::OkStatus();
}

absl::Status ApplyAmbassadorEvents(database::Transaction& transaction, EventSpan events,
                                   absl::Time now) {
  if (absl::Status learned = ApplySessionEvents(transaction, events, now); !learned.ok()) {
    return learned;
  }
  return ApplyErasures(transaction, events, now);
}

absl::Status ApplyCatalogueEvents(database::Transaction& transaction, EventSpan events,
                                  absl::Time now) {
  if (absl::Status learned = ApplySessionEvents(transaction, events, now); !learned.ok()) {
    return learned;
  }
  std::vector<OfferMessage> messages;
  for (const pb::Event& event : events) {
    if (event.type() == TypeOf<pb::OfferChanged>()) {
      const auto payload = Unpack<pb::OfferChanged>(event);
      if (!payload.ok()) return payload.status();
      std::optional<OfferMessage> message = MessageFor(ToStep(event, *payload));
      if (!message.has_value()) continue;
      message->traceparent = event.traceparent();
      messages.push_back(*std::move(message));
    } else if (event.type() == TypeOf<pb::OfferReported>()) {
      const auto payload = Unpack<pb::OfferReported>(event);
      if (!payload.ok()) return payload.status();
      messages.push_back(MessageFor(ToReported(event, *payload)));
      messages.back().traceparent = event.traceparent();
    }
  }
  PlanOfferMessages(transaction, messages, now);
  return absl::OkStatus();
}

absl::Status ApplyBookingEvents(database::Transaction& transaction, EventSpan events,
                                absl::Time now) {
  std::vector<BookingStep> steps;
  std::vector<Overbooking> overbookings;
  for (const pb::Event& event : events) {
    if (event.type() == TypeOf<pb::BookingChanged>()) {
      const auto payload = Unpack<pb::BookingChanged>(event);
      if (!payload.ok()) return payload.status();
      steps.push_back(ToStep(event, *payload));
    } else if (event.type() == TypeOf<pb::SessionOverbooked>()) {
      const auto payload = Unpack<pb::SessionOverbooked>(event);
      if (!payload.ok()) return payload.status();
      overbookings.push_back(ToOverbooking(event, *payload));
    }
  }
  PlanMessages(transaction, steps, now);
  PlanOverbookingMessages(transaction, overbookings, now);
  // Last: an erasure ends what came before it.
  return ApplyErasures(transaction, events, now);
}

}  // namespace dm::notification
