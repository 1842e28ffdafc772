#include "common/partner_feed/shown_event.h"

#include "destinationmetier/event/v1/agreement_events.pb.h"
#include "destinationmetier/event/v1/booking_events.pb.h"
#include "destinationmetier/event/v1/offer_events.pb.h"
#include "destinationmetier/event/v1/resource_events.pb.h"
#include "destinationmetier/event/v1/session_events.pb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dm::partner_feed {
namespace {

namespace event = destinationmetier::event::v1;
namespace pb = destinationmetier::gateway::v1;

event::Event Told(const google::protobuf::Message& payload, const std::string& subject = "x/1") {
  event::Event told;
  told.set_sequence(7);
  told.set_id("0190");
  told.set_source("catalogue");
  told.set_type(payload.GetDescriptor()->full_name());
  told.set_subject(subject);
  told.set_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  told.mutable_data()->PackFrom(payload);
  return told;
}

EventFilter In(std::set<std::string> departments) {
  return {.types = {SharedTypes().begin(), SharedTypes().end()},
          .departments = std::move(departments)};
}

// What somebody in the Orne sees of it.
std::optional<pb::PartnerEvent> Seen(const google::protobuf::Message& payload) {
  const auto shown = Show(Told(payload));
  return shown.has_value() ? ShowTo(In({"61"}), *shown) : std::nullopt;
}

event::OfferChanged Offer(const std::string& from, const std::string& to) {
  event::OfferChanged changed;
  changed.set_department("61");
  changed.set_from_state(from);
  changed.set_to_state(to);
  changed.set_title("Découvrir la boulangerie");
  return changed;
}

TEST(ShownEventTest, AnOfferIsSeenWhenItComesIntoSightOrGoesOutOfIt) {
  struct Case {
    const char* from;
    const char* to;
    bool seen;
    bool titled;
  };
  for (const Case& one :
       {Case{"", "DRAFT", false, false}, Case{"DRAFT", "SUBMITTED", false, false},
        Case{"SUBMITTED", "DRAFT", false, false}, Case{"SUBMITTED", "PUBLISHED", true, true},
        Case{"PUBLISHED", "SUSPENDED", true, false}, Case{"PUBLISHED", "SUBMITTED", true, false},
        Case{"SUSPENDED", "ARCHIVED", false, false}, Case{"SUSPENDED", "PUBLISHED", true, true}}) {
    const auto seen = Seen(Offer(one.from, one.to));
    ASSERT_EQ(seen.has_value(), one.seen) << one.from << " to " << one.to;
    if (!seen.has_value()) continue;
    event::OfferChanged changed;
    ASSERT_TRUE(seen->data().UnpackTo(&changed));
    EXPECT_EQ(!changed.title().empty(), one.titled) << one.from << " to " << one.to;
    EXPECT_EQ(changed.to_state(), one.to);
  }
}

TEST(ShownEventTest, ABookingIsSeenWithoutWhoseItIs) {
  event::BookingChanged changed;
  changed.set_booking("bookings/1");
  changed.set_applicant("people/camille");
  changed.add_similar_sessions("offers/1/sessions/2");
  changed.set_to_state("CONFIRMED");
  changed.set_department("61");
  const auto seen = Seen(changed);
  ASSERT_TRUE(seen.has_value());
  EXPECT_EQ(seen->SerializeAsString().find("camille"), std::string::npos);
  event::BookingChanged data;
  ASSERT_TRUE(seen->data().UnpackTo(&data));
  EXPECT_EQ(data.to_state(), "CONFIRMED");
  EXPECT_TRUE(data.similar_sessions().empty());
}

TEST(ShownEventTest, ATombstoneNamesTheBookingsOfTheReadersTerritoryAndNobody) {
  event::PersonErased erased;
  erased.set_person("people/camille");
  for (const auto& [booking, department] :
       {std::pair("bookings/1", "61"), std::pair("bookings/2", "14")}) {
    erased.add_bookings()->set_booking(booking);
    erased.mutable_bookings()->rbegin()->set_department(department);
  }
  const auto shown = Show(Told(erased, "people/camille"));
  ASSERT_TRUE(shown.has_value());
  const auto seen = ShowTo(In({"61"}), *shown);
  ASSERT_TRUE(seen.has_value());
  EXPECT_EQ(seen->SerializeAsString().find("camille"), std::string::npos);
  event::PersonErased data;
  ASSERT_TRUE(seen->data().UnpackTo(&data));
  ASSERT_EQ(data.bookings_size(), 1);
  EXPECT_EQ(data.bookings(0).booking(), "bookings/1");
  EXPECT_EQ(seen->subject(), "people/-");
  EXPECT_FALSE(ShowTo(In({"50"}), *shown).has_value());
}

TEST(ShownEventTest, AnAmbassadorWhoIsErasedIsNamedToEverybody) {
  event::PersonErased erased;
  erased.set_person("ambassadors/019b8dd0");
  erased.set_erasure("erasures/1");
  const auto shown = Show(Told(erased, "ambassadors/019b8dd0"));
  ASSERT_TRUE(shown.has_value());
  const auto seen = ShowTo(In({"50"}), *shown);
  ASSERT_TRUE(seen.has_value());
  event::PersonErased data;
  ASSERT_TRUE(seen->data().UnpackTo(&data));
  EXPECT_EQ(data.person(), "ambassadors/019b8dd0");
  EXPECT_EQ(data.erasure(), "");
}

TEST(ShownEventTest, SomebodyOfNoBookingLeavesNoTombstoneForPartners) {
  event::PersonErased erased;
  erased.set_person("people/camille");
  EXPECT_FALSE(Show(Told(erased)).has_value());
}

TEST(ShownEventTest, WhatIsNotForPartnersIsNeverSeen) {
  event::AgreementChanged agreement;
  event::SessionOverbooked overbooked;
  event::OfferReported reported;
  for (const google::protobuf::Message* payload :
       std::initializer_list<const google::protobuf::Message*>{&agreement, &overbooked,
                                                               &reported}) {
    EXPECT_FALSE(Show(Told(*payload)).has_value()) << payload->GetTypeName();
    EXPECT_FALSE(SharedTypeOf(payload->GetTypeName()).has_value());
  }
}

TEST(ShownEventTest, WhatHasNoDepartementIsLeftOutUnlessItIsForEverybody) {
  event::SeatsChanged seats;
  EXPECT_FALSE(Seen(seats).has_value());
  event::ResourceChanged changed;
  changed.set_name("companies/00061001400011");
  EXPECT_FALSE(Seen(changed).has_value());
  changed.set_name("professions/-");
  EXPECT_TRUE(Seen(changed).has_value());
  changed.set_name("offers/1");
  changed.set_department("61");
  EXPECT_TRUE(Seen(changed).has_value());
  changed.set_department("14");
  EXPECT_FALSE(Seen(changed).has_value());
}

TEST(ShownEventTest, TypesAreNamedWithTheirPackageOrWithout) {
  EXPECT_EQ(SharedTypeOf("OfferChanged"), "destinationmetier.event.v1.OfferChanged");
  EXPECT_EQ(SharedTypeOf("destinationmetier.event.v1.OfferChanged"),
            "destinationmetier.event.v1.OfferChanged");
  EXPECT_EQ(SharedTypeOf("offerchanged"), std::nullopt);
  EXPECT_EQ(SharedTypeOf(""), std::nullopt);
}

TEST(ShownEventTest, WhichRequestCausedItIsNotTold) {
  event::SeatsChanged seats;
  seats.set_department("61");
  const auto seen = Seen(seats);
  ASSERT_TRUE(seen.has_value());
  EXPECT_EQ(seen->SerializeAsString().find("0af7651916cd43dd"), std::string::npos);
  EXPECT_EQ(seen->id(), "0190");
  EXPECT_EQ(seen->source(), "catalogue");
}

}  // namespace
}  // namespace dm::partner_feed
