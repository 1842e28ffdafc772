#include "common/partner_feed/shown_event.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "destinationmetier/event/v1/booking_events.pb.h"
#include "destinationmetier/event/v1/offer_events.pb.h"
#include "destinationmetier/event/v1/resource_events.pb.h"
#include "destinationmetier/event/v1/session_events.pb.h"

#include <algorithm>
#include <utility>

namespace dm::partner_feed {
namespace {

namespace event = destinationmetier::event::v1;
namespace pb = destinationmetier::gateway::v1;

constexpr absl::string_view kPackage = "destinationmetier.event.v1.";
constexpr absl::string_view kInSight = "PUBLISHED";

// Whom an event is for; absent when it is for no partner. May take out of the payload what partners
// are not told.
struct Audience {
  std::string department;
  bool everybody = false;
};

std::optional<Audience> Within(const std::string& department) {
  // Recorded before its type carried one.
  if (department.empty()) return std::nullopt;
  return Audience{.department = department};
}

// What is not published yet is between its company and its agency.
std::optional<Audience> AudienceOf(event::OfferChanged& changed) {
  if (changed.from_state() != kInSight && changed.to_state() != kInSight) return std::nullopt;
  if (changed.to_state() != kInSight) changed.clear_title();
  return Within(changed.department());
}

std::optional<Audience> AudienceOf(event::ResourceChanged& changed) {
  if (absl::EndsWith(changed.name(), "/-")) return Audience{.everybody = true};
  return Within(changed.department());
}

std::optional<Audience> AudienceOf(event::SessionScheduled& scheduled) {
  return Within(scheduled.place().department());
}

std::optional<Audience> AudienceOf(event::SessionClosed& closed) {
  return Within(closed.department());
}

std::optional<Audience> AudienceOf(event::SeatsChanged& changed) {
  return Within(changed.department());
}

std::optional<Audience> AudienceOf(event::BookingChanged& changed) {
  changed.clear_applicant();
  // They are chosen by what else the person has.
  changed.clear_similar_sessions();
  return Within(changed.department());
}

template <typename Payload>
std::optional<Audience> Open(google::protobuf::Any* data) {
  Payload payload;
  if (!data->UnpackTo(&payload)) return std::nullopt;
  std::optional<Audience> audience = AudienceOf(payload);
  data->PackFrom(payload);
  return audience;
}

struct SharedType {
  const google::protobuf::Descriptor* type;
  // Null for tombstones.
  std::optional<Audience> (*open)(google::protobuf::Any*);
};

const std::vector<SharedType>& Table() {
  static const auto* const kTable = new std::vector<SharedType>{
      {event::OfferChanged::descriptor(), Open<event::OfferChanged>},
      {event::ResourceChanged::descriptor(), Open<event::ResourceChanged>},
      {event::SessionScheduled::descriptor(), Open<event::SessionScheduled>},
      {event::SessionClosed::descriptor(), Open<event::SessionClosed>},
      {event::SeatsChanged::descriptor(), Open<event::SeatsChanged>},
      {event::BookingChanged::descriptor(), Open<event::BookingChanged>},
      {event::PersonErased::descriptor(), nullptr},
  };
  return *kTable;
}

const SharedType* Find(absl::string_view full_name) {
  const auto found = std::find_if(Table().begin(), Table().end(), [&](const SharedType& shared) {
    return shared.type->full_name() == full_name;
  });
  return found == Table().end() ? nullptr : &*found;
}

// Of a person, partners know the bookings at most; ambassadors are public, and so are their ids.
std::optional<ShownEvent> ShowTombstone(const event::Event& told, ShownEvent shown) {
  event::PersonErased erased;
  if (!told.data().UnpackTo(&erased)) return std::nullopt;
  erased.clear_erasure();
  if (absl::StartsWith(erased.person(), "ambassadors/")) {
    erased.clear_bookings();
    shown.event.mutable_data()->PackFrom(erased);
    shown.for_everybody = true;
    return shown;
  }
  if (erased.bookings().empty()) return std::nullopt;
  erased.clear_person();
  shown.event.set_subject("people/-");
  shown.erased = std::move(erased);
  return shown;
}

}  // namespace

const std::vector<std::string>& SharedTypes() {
  static const auto* const kTypes = [] {
    auto* const types = new std::vector<std::string>;
    for (const SharedType& shared : Table()) types->push_back(shared.type->full_name());
    return types;
  }();
  return *kTypes;
}

std::optional<std::string> SharedTypeOf(absl::string_view name) {
  for (const std::string& type : SharedTypes()) {
    if (name == type || absl::StrCat(kPackage, name) == type) return type;
  }
  return std::nullopt;
}

std::optional<ShownEvent> Show(const event::Event& told) {
  const SharedType* const shared = Find(told.type());
  if (shared == nullptr) return std::nullopt;
  ShownEvent shown;
  shown.sequence = told.sequence();
  pb::PartnerEvent& seen = shown.event;
  seen.set_specversion("1.0");
  seen.set_id(told.id());
  seen.set_source(told.source());
  seen.set_type(told.type());
  seen.set_subject(told.subject());
  *seen.mutable_time() = told.time();
  if (shared->open == nullptr) return ShowTombstone(told, std::move(shown));
  *seen.mutable_data() = told.data();
  const std::optional<Audience> audience = shared->open(seen.mutable_data());
  if (!audience.has_value()) return std::nullopt;
  seen.set_department(audience->department);
  shown.for_everybody = audience->everybody;
  return shown;
}

std::optional<pb::PartnerEvent> ShowTo(const EventFilter& reader, const ShownEvent& shown) {
  if (!reader.types.contains(shown.event.type())) return std::nullopt;
  if (shown.erased.bookings().empty()) {
    if (!shown.for_everybody && !reader.Covers(shown.event.department())) return std::nullopt;
    return shown.event;
  }
  event::PersonErased theirs;
  for (const auto& booking : shown.erased.bookings()) {
    if (reader.Covers(booking.department())) *theirs.add_bookings() = booking;
  }
  if (theirs.bookings().empty()) return std::nullopt;
  pb::PartnerEvent event = shown.event;
  event.mutable_data()->PackFrom(theirs);
  return event;
}

}  // namespace dm::partner_feed
