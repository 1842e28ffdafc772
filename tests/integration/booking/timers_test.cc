// Lines, holds that run out, moves and cancelled sessions, on a real PostgreSQL.
#include "tests/integration/booking/booking_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace dm::booking {
namespace {

namespace pb = destinationmetier::booking::v1;

using pb::CancelBookingRequest;
using pb::ConfirmBookingRequest;

// A session of one seat that "ana" holds, "bob" and "cleo" wait for.
class TimersTest : public ::testing::Test {
 protected:
  TimersTest() {
    session_ = world_.AddSession(1, absl::Hours(24 * 30));
    ana_ = *world_.Book("ana", session_);
    bob_ = *world_.Join("bob", session_);
    cleo_ = *world_.Join("cleo", session_);
  }

  pb::Booking Seen(const std::string& subject, const pb::Booking& booking) {
    return world_.Get(BookingWorld::Pupil(subject), booking.name());
  }
  void Cancel(const std::string& subject, const pb::Booking& booking) {
    ASSERT_TRUE(
        world_.Step(BookingWorld::Pupil(subject), booking.name(), "", &BookingService::Cancel)
            .ok());
  }

  BookingWorld world_;
  std::string session_;
  pb::Booking ana_, bob_, cleo_;
};

TEST_F(TimersTest, PeopleInLineSeeTheirPlace) {
  EXPECT_EQ(bob_.state(), pb::Booking::STATE_WAITLISTED);
  EXPECT_EQ(Seen("bob", bob_).waitlist_position(), 1);
  EXPECT_EQ(Seen("cleo", cleo_).waitlist_position(), 2);
  Cancel("bob", bob_);
  EXPECT_EQ(Seen("cleo", cleo_).waitlist_position(), 1);
  world_.ExpectSoundLedger();
}

TEST_F(TimersTest, AnOfferThatRunsOutPassesOnAlsoAfterEverythingStoodStill) {
  Cancel("ana", ana_);
  EXPECT_EQ(Seen("bob", bob_).state(), pb::Booking::STATE_OFFERED);
  world_.ReviewDue();
  EXPECT_EQ(Seen("bob", bob_).state(), pb::Booking::STATE_OFFERED);
  // Nothing ran for a day and an hour.
  world_.clock().Advance(absl::Hours(25));
  world_.ReviewDue();
  EXPECT_EQ(Seen("bob", bob_).state_reason(), "OFFER_EXPIRED");
  EXPECT_EQ(Seen("cleo", cleo_).state(), pb::Booking::STATE_OFFERED);
  ASSERT_TRUE(
      world_.Step(BookingWorld::Pupil("cleo"), cleo_.name(), "", &BookingService::Confirm).ok());
  EXPECT_EQ(Seen("cleo", cleo_).state(), pb::Booking::STATE_PENDING_HOST);
  world_.ExpectSoundLedger();
}

TEST_F(TimersTest, AHostWhoDoesNotAnswerLosesTheRequest) {
  world_.clock().Advance(absl::Hours(7 * 24 + 1));
  world_.ReviewDue();
  EXPECT_EQ(Seen("ana", ana_).state_reason(), "HOST_DID_NOT_ANSWER");
  EXPECT_EQ(Seen("bob", bob_).state(), pb::Booking::STATE_OFFERED);
  world_.ExpectSoundLedger();
}

TEST_F(TimersTest, MoreSeatsGoToTheLine) {
  world_.Reschedule(session_, 3);
  world_.ReviewDue();
  EXPECT_EQ(Seen("bob", bob_).state(), pb::Booking::STATE_OFFERED);
  EXPECT_EQ(Seen("cleo", cleo_).state(), pb::Booking::STATE_OFFERED);
  world_.ExpectSoundLedger();
}

TEST_F(TimersTest, ACancelledSessionReleasesAllAndAClosedOneNobody) {
  world_.Close(session_);
  world_.ReviewDue();
  EXPECT_EQ(Seen("ana", ana_).state(), pb::Booking::STATE_PENDING_HOST);
  const std::string other = world_.AddSession(1, absl::Hours(24 * 40));
  const pb::Booking dan = *world_.Book("dan", other);
  const pb::Booking eve = *world_.Join("eve", other);
  world_.Close(other, true);
  world_.ReviewDue();
  EXPECT_EQ(Seen("dan", dan).state_reason(), "SESSION_CANCELLED");
  EXPECT_EQ(Seen("eve", eve).state_reason(), "SESSION_CANCELLED");
  world_.ExpectSoundLedger();
}

TEST_F(TimersTest, TwoReplicasThatReviewAtOnceMoveEachBookingOnce) {
  Cancel("ana", ana_);
  world_.clock().Advance(absl::Hours(25));
  std::vector<std::thread> replicas;
  for (int i = 0; i < 4; ++i) replicas.emplace_back([&] { world_.ReviewDue(); });
  for (std::thread& replica : replicas) replica.join();
  EXPECT_EQ(Seen("bob", bob_).state(), pb::Booking::STATE_EXPIRED);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM transitions WHERE why = 'OFFER_EXPIRED'"), 1);
  EXPECT_EQ(Seen("cleo", cleo_).state(), pb::Booking::STATE_OFFERED);
  world_.ExpectSoundLedger();
}

TEST_F(TimersTest, AMoveTakesTheNewSeatAndOffersTheOld) {
  const std::string later = world_.AddSession(1, absl::Hours(24 * 35));
  const auto moved = world_.Move("ana", ana_.name(), later);
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->session(), later);
  EXPECT_EQ(moved->rescheduled_from(), ana_.name());
  EXPECT_EQ(Seen("ana", ana_).state_reason(), "RESCHEDULED");
  EXPECT_EQ(Seen("bob", bob_).state(), pb::Booking::STATE_OFFERED);
  world_.ExpectSoundLedger();
}

TEST_F(TimersTest, AMoveToASessionAtTheSameTimeIsAllowedSinceTheOldSeatIsGivenUp) {
  const std::string same_time = world_.AddSession(1, absl::Hours(24 * 30) + absl::Minutes(30));
  const auto moved = world_.Move("ana", ana_.name(), same_time);
  ASSERT_TRUE(moved.ok()) << moved.status();
  world_.ExpectSoundLedger();
}

TEST_F(TimersTest, ManyWhoMoveBetweenTwoSessionsLeaveASoundLedger) {
  const std::string sessions[] = {world_.AddSession(8, absl::Hours(24 * 35)),
                                  world_.AddSession(8, absl::Hours(24 * 35) + absl::Hours(1))};
  // Room for all in either: nobody is refused because others moved first.
  std::vector<std::thread> people;
  for (int i = 0; i < 8; ++i) {
    people.emplace_back([&, i] {
      const std::string subject = absl::StrCat("mover-", i);
      auto booked = world_.Book(subject, sessions[i % 2]);
      for (int step = 1; step < 12 && booked.ok(); ++step) {
        const auto moved = world_.Move(subject, booked->name(), sessions[(i + step) % 2]);
        if (moved.ok()) booked = moved;
      }
    });
  }
  for (std::thread& person : people) person.join();
  EXPECT_EQ(world_.Count("SELECT count(*) FROM bookings WHERE applicant LIKE 'people/mover%' "
                         "AND state = 'PENDING_HOST'"),
            8);
  world_.ExpectSoundLedger();
}

}  // namespace
}  // namespace dm::booking
