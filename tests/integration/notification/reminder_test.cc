// Mails that are planned for later, and what makes them needless.
#include "tests/integration/notification/delivery_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dm::notification {
namespace {

namespace pb = destinationmetier::event::v1;

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ReminderTest : public DeliveryTest {
 protected:
  ReminderTest() {
    SetBothContacts();
    ScheduleSession();
  }

  StepEvent Request(int number = 1) {
    return {.event = number,
            .booking = number,
            .reason = "REQUESTED",
            .expire_time = clock_.Now() + absl::Hours(7 * 24)};
  }
  // What was sent since the last call, by its words.
  std::vector<std::string> NewSubjects() {
    DeliverAll();
    std::vector<std::string> texts;
    const auto mails = sink_.mails();
    for (size_t i = seen_; i < mails.size(); ++i) {
      texts.push_back(absl::StrCat(mails[i].recipient, " ", mails[i].Part("text/plain")));
    }
    seen_ = mails.size();
    return texts;
  }

 private:
  size_t seen_ = 0;
};

TEST_F(ReminderTest, AHostThatDoesNotAnswerIsRemindedTwice) {
  TakeSteps({Request()});
  EXPECT_THAT(NewSubjects(), SizeIs(2));
  clock_.Advance(absl::Hours(5 * 24) - absl::Minutes(1));
  EXPECT_THAT(NewSubjects(), IsEmpty());
  clock_.Advance(absl::Minutes(1));
  EXPECT_THAT(NewSubjects(), ElementsAre(HasSubstr("Une personne attend toujours")));
  clock_.Advance(absl::Hours(24));
  EXPECT_THAT(NewSubjects(), ElementsAre(HasSubstr("Sans réponse de votre part")));
  clock_.Advance(absl::Hours(24));
  EXPECT_THAT(NewSubjects(), IsEmpty());
}

TEST_F(ReminderTest, AHostThatAnswersIsNotReminded) {
  TakeSteps({Request()});
  DeliverAll();
  TakeSteps({{.event = 9,
              .from = "PENDING_HOST",
              .to = "DECLINED",
              .version = 2,
              .reason = "HOST_DECLINED"}});
  DeliverAll();
  clock_.Advance(absl::Hours(6 * 24));
  DeliverAll();
  EXPECT_THAT(Messages(),
              ElementsAre("companies/00061001400011 HOST_LAST_REMINDER dropped 0 MOVED_ON",
                          "companies/00061001400011 HOST_REMINDER dropped 0 MOVED_ON",
                          "companies/00061001400011 NEW_REQUEST sent 1",
                          "people/ana DECLINED sent 1", "people/ana REQUEST_RECEIVED sent 1"));
}

TEST_F(ReminderTest, WhatMovesOnInTheSameMomentRemindsNobody) {
  TakeSteps({Request(),
             {.event = 9,
              .from = "PENDING_HOST",
              .to = "DECLINED",
              .version = 2,
              .reason = "HOST_DECLINED"}});
  clock_.Advance(absl::Hours(6 * 24));
  DeliverAll();
  EXPECT_THAT(sink_.mails(), SizeIs(3));
  // Nor when the feed is read from the beginning again.
  TakeSteps({Request()});
  clock_.Advance(absl::Hours(24));
  DeliverAll();
  EXPECT_THAT(sink_.mails(), SizeIs(3));
}

TEST_F(ReminderTest, OnlyTheBookingThatMovedOnIsForgotten) {
  TakeSteps({Request(1), Request(2)});
  TakeSteps({{.event = 9, .booking = 2, .from = "PENDING_HOST", .to = "DECLINED", .version = 2}});
  DeliverAll();
  clock_.Advance(absl::Hours(5 * 24));
  EXPECT_THAT(NewSubjects(), SizeIs(6));
}

TEST_F(ReminderTest, AReminderThatIsPlannedHoldsNothingUp) {
  TakeSteps({Request()});
  DeliverAll();
  // The host's own cancellation concerns the same booking, later.
  TakeSteps({{.event = 9,
              .from = "PENDING_HOST",
              .to = "CONFIRMED",
              .version = 2,
              .reason = "HOST_ACCEPTED"}});
  EXPECT_THAT(NewSubjects(), SizeIs(4));
  pb::SessionOverbooked overbooked;
  overbooked.set_session(kSession);
  overbooked.set_host(kLemoine);
  overbooked.add_last_in()->set_booking(BookingName(1));
  overbooked.mutable_last_in(0)->set_applicant(kAna);
  Apply({EventOf(50, overbooked)});
  Apply({EventOf(50, overbooked)});
  EXPECT_THAT(NewSubjects(),
              ::testing::UnorderedElementsAre(HasSubstr("parmi les dernières personnes inscrites"),
                                              HasSubstr("plus de réservations que de places")));
}

TEST_F(ReminderTest, BothPartiesAreRemindedOfAStayTheMorningBefore) {
  TakeSteps({{.event = 1, .from = "PENDING_HOST", .to = "CONFIRMED", .version = 2}});
  EXPECT_THAT(NewSubjects(), SizeIs(2));
  // 6 December, 9:59.
  clock_.Advance(absl::Hours(24 * 12) + absl::Minutes(59));
  EXPECT_THAT(NewSubjects(), IsEmpty());
  clock_.Advance(absl::Minutes(1));
  EXPECT_THAT(NewSubjects(),
              ::testing::UnorderedElementsAre(HasSubstr("ana@lycee.example Bonjour"),
                                              HasSubstr("Une personne est attendue")));
}

TEST_F(ReminderTest, AStayThatMovesTakesItsReminderAlong) {
  TakeSteps({{.event = 1, .from = "PENDING_HOST", .to = "CONFIRMED", .version = 2}});
  DeliverAll();
  auto moved = SessionPayload(/*version=*/2);
  const absl::Time later = session_start() + absl::Hours(48);
  moved.mutable_start_time()->set_seconds(absl::ToUnixSeconds(later));
  moved.mutable_end_time()->set_seconds(absl::ToUnixSeconds(later + absl::Hours(8)));
  Schedule(moved);
  // An older word about it changes nothing.
  Schedule(SessionPayload(/*version=*/1));
  clock_.Advance(absl::Hours(24 * 12 + 1));
  DeliverAll();
  EXPECT_THAT(sink_.mails(), SizeIs(2));
  clock_.Advance(absl::Hours(48));
  DeliverAll();
  EXPECT_THAT(sink_.mails(), SizeIs(4));
  EXPECT_THAT(sink_.mails()[2].Part("text/plain"), HasSubstr("mercredi 9 décembre 2026"));
}

TEST_F(ReminderTest, AReminderThatComesTooLateIsNotSent) {
  TakeSteps({Request(), {.event = 2, .booking = 2, .to = "CONFIRMED"}});
  DeliverAll();
  const size_t before = sink_.mails().size();
  // Nothing ran until the stay had begun and the request had run out.
  clock_.Advance(absl::Hours(24 * 13 + 1));
  DeliverAll();
  EXPECT_THAT(sink_.mails(), SizeIs(before));
  EXPECT_THAT(Messages(), ::testing::Contains(HasSubstr("STAY_TOMORROW failed 1 TOO_LATE")));
  EXPECT_THAT(Messages(), ::testing::Contains(HasSubstr("HOST_REMINDER failed 1 TOO_LATE")));
}

TEST_F(ReminderTest, AnOfferIsRecalledAndEveryEndIsTold) {
  const absl::Time end = clock_.Now() + absl::Hours(24);
  TakeSteps({{.event = 1,
              .from = "WAITLISTED",
              .to = "OFFERED",
              .version = 2,
              .reason = "SEAT_FREED",
              .expire_time = end}});
  EXPECT_THAT(NewSubjects(), ElementsAre(HasSubstr("mercredi 25 novembre 2026 à 9 h")));
  clock_.Advance(absl::Hours(12));
  EXPECT_THAT(NewSubjects(), ElementsAre(HasSubstr("vous est gardée jusqu'au")));
  clock_.Advance(absl::Hours(12));
  TakeSteps(
      {{.event = 2, .from = "OFFERED", .to = "EXPIRED", .version = 3, .reason = "OFFER_EXPIRED"}});
  EXPECT_THAT(NewSubjects(), ElementsAre(HasSubstr("/?door=offers")));
}

}  // namespace
}  // namespace dm::notification
