#include "services/gateway/cli/event_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "common/time/clock.h"
#include "destinationmetier/event/v1/booking_events.pb.h"
#include "destinationmetier/event/v1/offer_events.pb.h"
#include "destinationmetier/event/v1/person_events.pb.h"
#include "destinationmetier/event/v1/resource_events.pb.h"
#include "destinationmetier/event/v1/session_events.pb.h"
#include "services/gateway/cli/french.h"

namespace dm::gateway::cli {
namespace {

namespace event = destinationmetier::event::v1;
namespace pb = destinationmetier::gateway::v1;
using destinationmetier::booking::v1::Booking;
using destinationmetier::catalogue::v1::Offer;

constexpr char kPackage[] = "destinationmetier.event.v1.";

// Events name states without the prefix of their enums.
std::string OfferStateOf(const std::string& word) {
  Offer::State state{};
  return Offer::State_Parse(absl::StrCat("STATE_", word), &state) ? OfferStateText(state) : word;
}

std::string BookingStateOf(const std::string& word) {
  Booking::State state{};
  return Booking::State_Parse(absl::StrCat("STATE_", word), &state) ? StateText(state) : word;
}

std::string StepText(const std::string& from, const std::string& to) {
  return from.empty() ? to : absl::StrCat(from, " → ", to);
}

std::string InBrackets(const std::string& text) {
  return text.empty() ? "" : absl::StrCat(" (", text, ")");
}

std::string Describe(const event::OfferChanged& changed) {
  return absl::StrCat(
      StepText(OfferStateOf(changed.from_state()), OfferStateOf(changed.to_state())),
      InBrackets(changed.reason()), changed.title().empty() ? "" : " : ", changed.title());
}

std::string Describe(const event::ResourceChanged&) { return "contenu changé"; }

std::string Describe(const event::SessionScheduled& session) {
  return absl::StrCat(TimeText(session.start_time()), ", ", session.capacity(),
                      session.capacity() == 1 ? " place : " : " places : ", session.title());
}

std::string Describe(const event::SessionClosed& session) {
  return session.cancelled() ? "session annulée" : "session fermée";
}

std::string Describe(const event::SeatsChanged& seats) {
  return absl::StrCat(seats.held(), "/", seats.capacity(), " places prises");
}

std::string Describe(const event::BookingChanged& booking) {
  return absl::StrCat(
      StepText(BookingStateOf(booking.from_state()), BookingStateOf(booking.to_state())),
      InBrackets(booking.reason()), ", ", booking.session());
}

std::string Describe(const event::PersonErased& erased) {
  std::string text = "effacement";
  for (const auto& booking : erased.bookings()) absl::StrAppend(&text, " ", booking.booking());
  return text;
}

// What the event carries when it is one of these; else empty.
template <typename Data>
std::string DescribeAs(const google::protobuf::Any& any) {
  Data data;
  return any.UnpackTo(&data) ? Describe(data) : "";
}

struct Type {
  const char* name;
  std::string (*describe)(const google::protobuf::Any&);
};

constexpr Type kTypes[] = {{"OfferChanged", DescribeAs<event::OfferChanged>},
                           {"ResourceChanged", DescribeAs<event::ResourceChanged>},
                           {"SessionScheduled", DescribeAs<event::SessionScheduled>},
                           {"SessionClosed", DescribeAs<event::SessionClosed>},
                           {"SeatsChanged", DescribeAs<event::SeatsChanged>},
                           {"BookingChanged", DescribeAs<event::BookingChanged>},
                           {"PersonErased", DescribeAs<event::PersonErased>}};

}  // namespace

const std::vector<std::string>& EventTypes() {
  static const auto* const kNames = [] {
    auto* const names = new std::vector<std::string>;
    for (const Type& type : kTypes) names->push_back(type.name);
    return names;
  }();
  return *kNames;
}

std::string EventLine(const pb::PartnerEvent& event) {
  const absl::string_view name = absl::StripPrefix(event.type(), kPackage);
  std::string text;
  for (const Type& type : kTypes) {
    if (name == type.name) text = type.describe(event.data());
  }
  const absl::Time time = absl::FromUnixSeconds(event.time().seconds());
  return OneLine(absl::StrCat(absl::FormatTime("%d/%m/%Y %H:%M:%S", time, ParisTimeZone()), "  ",
                              event.department().empty() ? "-" : event.department(), "  ", name,
                              "  ", event.subject(), text.empty() ? "" : "  ", text));
}

}  // namespace dm::gateway::cli
