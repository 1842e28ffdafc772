#include "services/gateway/cli/event_text.h"

#include "common/partner_feed/shown_event.h"
#include "destinationmetier/event/v1/booking_events.pb.h"
#include "destinationmetier/event/v1/offer_events.pb.h"
#include "destinationmetier/event/v1/person_events.pb.h"
#include "destinationmetier/event/v1/resource_events.pb.h"
#include "destinationmetier/event/v1/session_events.pb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dm::gateway::cli {
namespace {

namespace event = destinationmetier::event::v1;
namespace pb = destinationmetier::gateway::v1;
using testing::UnorderedElementsAreArray;

std::string LineOf(const google::protobuf::Message& data, const std::string& department = "61") {
  pb::PartnerEvent one;
  one.set_type(data.GetDescriptor()->full_name());
  one.set_subject("things/1");
  one.set_department(department);
  one.mutable_time()->set_seconds(1'796'630'400);  // 2026-12-07T08:00:00Z
  one.mutable_data()->PackFrom(data);
  return EventLine(one);
}

TEST(EventTypes, AreThoseThatPartnersMayFollow) {
  std::vector<std::string> full_names;
  for (const std::string& name : EventTypes()) {
    full_names.push_back("destinationmetier.event.v1." + name);
  }
  EXPECT_THAT(full_names, UnorderedElementsAreArray(partner_feed::SharedTypes()));
}

TEST(EventLine, SaysWhatHappenedInFrench) {
  event::OfferChanged offer;
  offer.set_from_state("SUBMITTED");
  offer.set_to_state("PUBLISHED");
  offer.set_title("Au fournil");
  EXPECT_EQ(LineOf(offer),
            "07/12/2026 09:00:00  61  OfferChanged  things/1  attend l'agence → publiée : Au "
            "fournil");
  event::BookingChanged booking;
  booking.set_to_state("CONFIRMED");
  booking.set_reason("HOST_ACCEPTED");
  booking.set_session("offers/1/sessions/2");
  EXPECT_EQ(LineOf(booking),
            "07/12/2026 09:00:00  61  BookingChanged  things/1  confirmée (HOST_ACCEPTED), "
            "offers/1/sessions/2");
  event::SeatsChanged seats;
  seats.set_capacity(5);
  seats.set_held(3);
  EXPECT_EQ(LineOf(seats), "07/12/2026 09:00:00  61  SeatsChanged  things/1  3/5 places prises");
  event::SessionClosed closed;
  closed.set_cancelled(true);
  EXPECT_EQ(LineOf(closed), "07/12/2026 09:00:00  61  SessionClosed  things/1  session annulée");
  event::PersonErased erased;
  erased.add_bookings()->set_booking("bookings/7");
  EXPECT_EQ(LineOf(erased, ""),
            "07/12/2026 09:00:00  -  PersonErased  things/1  effacement bookings/7");
}

TEST(EventLine, IsOneLineWhateverSomebodyWrote) {
  event::OfferChanged offer;
  offer.set_to_state("PUBLISHED");
  offer.set_title(
      "Un\nDeux\x1b[31m\xc2\x9b"
      "31m");
  EXPECT_EQ(LineOf(offer),
            "07/12/2026 09:00:00  61  OfferChanged  things/1  publiée : Un Deux [31m  31m");
}

TEST(EventLine, NamesAnEventThatItDoesNotKnow) {
  pb::PartnerEvent one;
  one.set_type("destinationmetier.event.v1.MoonRisen");
  one.set_subject("moons/1");
  EXPECT_EQ(EventLine(one), "01/01/1970 01:00:00  -  MoonRisen  moons/1");
}

}  // namespace
}  // namespace dm::gateway::cli
