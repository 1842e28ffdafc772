// Sessions that move, and facts that change, under bookings that are there, on a real PostgreSQL.
#include "tests/integration/booking/people_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace dm::booking {
namespace {

namespace pb = destinationmetier::booking::v1;

using ::testing::HasSubstr;
using ::testing::SizeIs;

class MovedSessionTest : public PeopleTest {
 protected:
  pb::Booking Seen(const std::string& subject, const std::string& booking) {
    return world_.Get(Bookings::Pupil(subject), booking);
  }
  int64_t Steps(const std::string& why) {
    return world_.Count(
        absl::StrCat("SELECT count(*) FROM transitions WHERE why = '", why, "'").c_str());
  }
  int64_t Events() {
    return world_.Count("SELECT count(*) FROM outbox WHERE type LIKE '%BookingChanged'");
  }
  void Accept(const std::string& booking) {
    const auto accepted = world_.Step(Bookings::Host(), booking, "", &BookingService::Accept);
    ASSERT_TRUE(accepted.ok()) << accepted.status();
  }
  // A minor's seat of this session, confirmed with the consent of the guardian to this booking.
  std::string Confirmed(const std::string& subject, const std::string& session) {
    AddMinor(subject);
    const auto booked = world_.Book(subject, session);
    EXPECT_TRUE(booked.ok()) << booked.status();
    asker_->AskNow();
    EXPECT_TRUE(Give(GiveRequest(sender_.links().back().secret)).ok());
    world_.ReviewDue();
    Accept(booked->name());
    return booked->name();
  }
};

TEST_F(MovedSessionTest, EachBookingFollowsOnceHoweverManyReplicasLook) {
  const std::string session = world_.AddSession(2);
  const auto ana = world_.Book("ana", session), bob = world_.Book("bob", session);
  const auto cleo = world_.Join("cleo", session);
  Accept(ana->name());
  const pb::Booking before = Seen("ana", ana->name());
  const int64_t events = Events();
  world_.Shift(session, absl::Hours(24));
  std::vector<std::thread> replicas;
  for (int i = 0; i < 4; ++i) replicas.emplace_back([&] { world_.ReviewDue(); });
  for (std::thread& replica : replicas) replica.join();
  EXPECT_EQ(Steps("SESSION_MOVED"), 3);
  EXPECT_EQ(Events(), events + 3);
  const pb::Booking after = Seen("ana", ana->name());
  EXPECT_EQ(after.state(), pb::Booking::STATE_CONFIRMED);
  EXPECT_EQ(after.start_time().seconds(), before.start_time().seconds() + 24 * 3600);
  EXPECT_NE(after.etag(), before.etag());
  const auto stale =
      world_.Step(Bookings::Pupil("ana"), ana->name(), before.etag(), &BookingService::Cancel);
  EXPECT_EQ(ErrorReasonOf(stale.status()), "ETAG_MISMATCH");
  // Another title is shown, and is no step.
  world_.Retitle(session, "Découvrir le pain");
  world_.ReviewDue();
  EXPECT_EQ(Seen("ana", ana->name()).session_title(), "Découvrir le pain");
  EXPECT_EQ(Seen("ana", ana->name()).etag(), after.etag());
  EXPECT_EQ(Events(), events + 3);
  world_.ExpectSoundLedger();
}

TEST_F(MovedSessionTest, WhoSawTheOldTimeDecidesNothingAlsoBeforeTheReview) {
  const std::string session = world_.AddSession(1);
  const auto ana = world_.Book("ana", session);
  world_.Shift(session, absl::Hours(24));
  const auto stale =
      world_.Step(Bookings::Host(), ana->name(), ana->etag(), &BookingService::Accept);
  EXPECT_EQ(ErrorReasonOf(stale.status()), "ETAG_MISMATCH");
  EXPECT_EQ(Seen("ana", ana->name()).state_reason(), "SESSION_MOVED");
  const auto fresh = world_.Step(Bookings::Host(), ana->name(), Seen("ana", ana->name()).etag(),
                                 &BookingService::Accept);
  EXPECT_TRUE(fresh.ok()) << fresh.status();
  world_.ReviewDue();
  EXPECT_EQ(Steps("SESSION_MOVED"), 1);
  world_.ExpectSoundLedger();
}

TEST_F(MovedSessionTest, ASeatThatMovesOntoAnotherIsGivenUpAndTold) {
  const std::string session = world_.AddSession(1, absl::Hours(48));
  const std::string other = world_.AddSession(1, absl::Hours(72));
  const auto ana = world_.Book("ana", session), kept = world_.Book("ana", other);
  const auto bob = world_.Join("bob", session);
  world_.Shift(session, absl::Hours(25));
  world_.ReviewDue();
  EXPECT_EQ(Seen("ana", ana->name()).state_reason(), "OVERLAP_AFTER_MOVE");
  EXPECT_EQ(Seen("ana", kept->name()).state(), pb::Booking::STATE_PENDING_HOST);
  EXPECT_EQ(Seen("bob", bob->name()).state(), pb::Booking::STATE_OFFERED);
  world_.ExpectSoundLedger();
}

// Each of the two takes the time of the other: no order of the two looks may leave one stuck.
TEST_F(MovedSessionTest, TwoSessionsThatMoveAtOnceLeaveNobodyInTwoPlaces) {
  for (const int by : {24, -24}) {
    const std::string one = world_.AddSession(9, absl::Hours(48 + 400));
    const std::string two = world_.AddSession(9, absl::Hours(72 + 400));
    for (int i = 0; i < 8; ++i) {
      const std::string subject = absl::StrCat("eleve-", by < 0 ? "m" : "p", i);
      ASSERT_TRUE(world_.Book(subject, one).ok());
      ASSERT_TRUE(world_.Book(subject, two).ok());
    }
    world_.Shift(one, absl::Hours(by));
    world_.Shift(two, absl::Hours(by));
    world_.ReviewDue();
    EXPECT_EQ(world_.Count(R"sql(
        SELECT count(*) FROM bookings JOIN sessions ON sessions.id = session_id
        WHERE state = 'PENDING_HOST' AND bookings.start_time <> sessions.start_time)sql"),
              0);
    world_.ExpectSoundLedger();
    world_.Close(one, true);
    world_.Close(two, true);
    world_.ReviewDue();
  }
}

TEST_F(MovedSessionTest, TheGuardianIsAskedForTheNewTime) {
  const std::string session = world_.AddSession(3);
  const std::string booking = Confirmed("ana", session);
  EXPECT_EQ(StateOf(booking, "ana"), "CONFIRMED HOST_ACCEPTED");
  world_.Shift(session, absl::Hours(30));
  EXPECT_EQ(StateOf(booking, "ana"), "PENDING_CONSENT CONSENT_NEEDED_AGAIN");
  EXPECT_EQ(world_.Count("SELECT held FROM sessions"), 1);
  EXPECT_EQ(asker_->AskNow().put, 1);
  ASSERT_THAT(sender_.links(), SizeIs(2));
  const std::string token = sender_.links()[1].secret;
  const auto asked = LookUp(token);
  ASSERT_TRUE(asked.ok()) << asked.status();
  EXPECT_EQ(asked->start_time().seconds(), Seen("ana", booking).start_time().seconds());
  ASSERT_TRUE(Give(GiveRequest(token)).ok());
  EXPECT_EQ(StateOf(booking, "ana"), "PENDING_HOST GUARDIAN_CONSENTED");
  world_.ExpectSoundLedger();
}

TEST_F(MovedSessionTest, WhatWasReadBeforeTheMoveIsNoConsent) {
  AddMinor("ana");
  const std::string session = world_.AddSession(3);
  const auto booked = world_.Book("ana", session);
  asker_->AskNow();
  const std::string token = sender_.links().back().secret;
  auto read = GiveRequest(token);
  world_.Shift(session, absl::Hours(30));
  // The look comes after the answer, or before it.
  ASSERT_TRUE(Give(read).ok());
  EXPECT_EQ(StateOf(booked->name(), "ana"), "PENDING_CONSENT SESSION_MOVED");
  EXPECT_EQ(asker_->AskNow().put, 1);
  read = GiveRequest(sender_.links().back().secret);
  world_.Shift(session, absl::Hours(3));
  world_.ReviewDue();
  EXPECT_EQ(ErrorReasonOf(Give(read).status()), "CONSENT_TEXT_CHANGED");
  ASSERT_TRUE(Give(GiveRequest(sender_.links().back().secret)).ok());
  EXPECT_EQ(StateOf(booked->name(), "ana"), "PENDING_HOST GUARDIAN_CONSENTED");
}

TEST_F(MovedSessionTest, AStandingConsentThatEndsBeforeTheNewTimeIsAskedForAgain) {
  AddMinor("ana");
  const std::string session = world_.AddSession(3);
  ASSERT_TRUE(Record(Bookings::Agency("61"), Paper("people/ana", 10)).ok());
  const auto booked = world_.Book("ana", session);
  Accept(booked->name());
  world_.Shift(session, absl::Hours(24));
  EXPECT_EQ(StateOf(booked->name(), "ana"), "CONFIRMED SESSION_MOVED");
  world_.Shift(session, absl::Hours(24 * 20));
  EXPECT_EQ(StateOf(booked->name(), "ana"), "PENDING_CONSENT CONSENT_NEEDED_AGAIN");
  EXPECT_EQ(asker_->AskNow().put, 1);
}

TEST_F(MovedSessionTest, WhoTurnsOutToBeAMinorWaitsForTheGuardian) {
  world_.Know("ana", BornYearsAgo(19));
  ASSERT_TRUE(Set(Bookings::Pupil("ana"), GuardianOf("people/me", "parent@x.example")).ok());
  const auto confirmed = world_.Book("ana", world_.AddSession(2, NextStart()));
  Accept(confirmed->name());
  const auto pending = world_.Book("ana", world_.AddSession(2, NextStart()));
  ASSERT_TRUE(Set(Bookings::Agency("61"), ProfileOf("people/ana", BornYearsAgo(15))).ok());
  // Before the ledger has looked.
  EXPECT_EQ(
      ErrorReasonOf(
          world_.Step(Bookings::Host(), pending->name(), "", &BookingService::Accept).status()),
      "STATE_CONFLICT");
  for (const auto& booking : {confirmed, pending}) {
    EXPECT_EQ(StateOf(booking->name(), "ana"), "PENDING_CONSENT CONSENT_NEEDED_AGAIN");
  }
  EXPECT_EQ(asker_->AskNow().put, 2);
  world_.clock().Advance(absl::Hours(7 * 24 + 1));
  EXPECT_THAT(StateOf(pending->name(), "ana"), HasSubstr("EXPIRED CONSENT_EXPIRED"));
  world_.ExpectSoundLedger();
}

}  // namespace
}  // namespace dm::booking
