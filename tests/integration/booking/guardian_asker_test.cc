// How guardians are asked: once, and never for nothing.
#include "tests/integration/booking/people_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>

namespace dm::booking {
namespace {

namespace pb = destinationmetier::booking::v1;

using ::testing::IsEmpty;
using ::testing::SizeIs;

class GuardianAskerTest : public PeopleTest {
 protected:
  std::string Book(const std::string& subject) {
    const auto booked = world_.Book(subject, world_.AddSession(3, NextStart()));
    EXPECT_TRUE(booked.ok()) << booked.status();
    return booked->name();
  }
};

TEST_F(GuardianAskerTest, ABookingWithoutAGuardianWaitsUntilThereIsOne) {
  world_.Know("ana", BornYearsAgo(15));
  Book("ana");
  EXPECT_EQ(asker_->AskNow().put, 0);
  ASSERT_TRUE(Set(Bookings::Pupil("ana"), GuardianOf("people/me", "p@x.example")).ok());
  EXPECT_EQ(asker_->AskNow().put, 1);
  EXPECT_THAT(sender_.links(), SizeIs(1));
  EXPECT_EQ(asker_->AskNow().put, 0);
}

TEST_F(GuardianAskerTest, ManyReplicasAskOnce) {
  constexpr int kPupils = 30;
  for (int i = 0; i < kPupils; ++i) {
    AddMinor(absl::StrCat("eleve-", i));
    Book(absl::StrCat("eleve-", i));
  }
  std::vector<std::unique_ptr<GuardianAsker>> askers;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) askers.push_back(MakeAsker());
  for (const auto& asker : askers) {
    threads.emplace_back([&asker] {
      for (int round = 0; round < 5; ++round) asker->AskNow();
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> guardians;
  for (const OutgoingLink& link : sender_.links()) guardians.insert(link.email);
  EXPECT_THAT(guardians, SizeIs(kPupils));
  EXPECT_THAT(sender_.links(), SizeIs(kPupils));
}

TEST_F(GuardianAskerTest, TheTokenIsNowhereButInTheMail) {
  AddMinor("ana");
  std::string booking;
  const std::string token = BookAndAsk("ana", &booking);
  const std::string found =
      absl::StrCat("SELECT count(*) FROM consent_requests AS r WHERE r::text LIKE '%", token, "%'");
  EXPECT_EQ(world_.Count(found.c_str()), 0);
  EXPECT_EQ(world_.Count("SELECT octet_length(token_hash) FROM consent_requests"), 32);
  EXPECT_EQ(token.size(), 22u);
}

TEST_F(GuardianAskerTest, AnAnswerThatWasLostIsAskedForAgainWithTheSameMail) {
  AddMinor("ana");
  Book("ana");
  sender_.AnswerOnce(absl::UnavailableError(""));
  EXPECT_EQ(asker_->AskNow().unsettled, 1);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM consent_requests WHERE state = 'SENDING'"), 1);
  world_.clock().Advance(absl::Seconds(2));
  EXPECT_EQ(asker_->AskNow().unsettled, 0);
  const auto links = sender_.links();
  ASSERT_THAT(links, SizeIs(2));
  EXPECT_EQ(links[0].request_id, links[1].request_id);
  EXPECT_EQ(links[0].secret, links[1].secret);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM consent_requests WHERE state = 'OPEN'"), 1);
}

TEST_F(GuardianAskerTest, AReplicaThatDiedIsReplacedWithANewTokenAndTheOldOneIsDead) {
  AddMinor("ana");
  const std::string booking = Book("ana");
  sender_.AnswerOnce(absl::DeadlineExceededError(""));
  asker_->AskNow();
  const std::string old_token = sender_.links().back().secret;
  // The guardian may answer already.
  EXPECT_TRUE(LookUp(old_token).ok());
  asker_ = MakeAsker();
  EXPECT_EQ(asker_->AskNow().put, 0);
  world_.clock().Advance(absl::Minutes(2));
  EXPECT_EQ(asker_->AskNow().put, 1);
  const auto links = sender_.links();
  ASSERT_THAT(links, SizeIs(2));
  EXPECT_NE(links[0].request_id, links[1].request_id);
  EXPECT_NE(links[1].secret, old_token);
  EXPECT_EQ(LookUp(old_token).status(), LinkUnknown());
  EXPECT_TRUE(Give(GiveRequest(links[1].secret)).ok());
  EXPECT_EQ(StateOf(booking, "ana"), "PENDING_HOST GUARDIAN_CONSENTED");
}

TEST_F(GuardianAskerTest, NobodyIsAskedTwiceWhileNotificationHangs) {
  constexpr int kPupils = 60;
  for (int i = 0; i < kPupils; ++i) {
    AddMinor(absl::StrCat("eleve-", i));
    Book(absl::StrCat("eleve-", i));
  }
  const auto other = MakeAsker();
  sender_.AnswerAlways(absl::DeadlineExceededError(""));
  // An hour in which each attempt takes its five seconds.
  for (int i = 0; i < 360; ++i) {
    const size_t before = sender_.links().size();
    asker_->AskNow();
    EXPECT_LE(sender_.links().size(), before + 1) << "one that hangs is enough for a round";
    world_.clock().Advance(absl::Seconds(5));
    other->AskNow();
    world_.clock().Advance(absl::Seconds(5));
  }
  EXPECT_EQ(world_.Count("SELECT count(*) FROM consent_requests"), kPupils);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM consent_requests WHERE state <> 'SENDING'"), 0);
  sender_.AnswerAlways(absl::OkStatus());
  world_.clock().Advance(absl::Minutes(1));
  asker_->AskNow();
  other->AskNow();
  EXPECT_EQ(world_.Count("SELECT count(*) FROM consent_requests WHERE state = 'OPEN'"), kPupils);
}

TEST_F(GuardianAskerTest, AQuestionThatWasGivenUpIsNotMailedAnyMore) {
  AddMinor("ana");
  Book("ana");
  sender_.AnswerOnce(absl::DeadlineExceededError(""));
  EXPECT_EQ(asker_->AskNow().unsettled, 1);
  const std::string lost = sender_.links().back().secret;
  // The process stood still for so long that another one has taken over.
  world_.clock().Advance(absl::Minutes(2));
  EXPECT_EQ(MakeAsker()->AskNow().put, 1);
  EXPECT_EQ(asker_->AskNow().unsettled, 0);
  const auto links = sender_.links();
  ASSERT_THAT(links, SizeIs(2));
  EXPECT_NE(links[1].secret, lost);
}

TEST_F(GuardianAskerTest, AnAddressThatIsThePupilsOwnIsNotTriedAgain) {
  AddMinor("ana");
  const std::string booking = Book("ana");
  sender_.AnswerOnce(absl::FailedPreconditionError(""));
  EXPECT_EQ(asker_->AskNow().unsettled, 0);
  EXPECT_EQ(asker_->AskNow().put, 0);
  pb::RequestConsentRequest again;
  again.set_name(booking);
  again.set_request_id(NewId());
  world_.clock().Advance(absl::Minutes(11));
  EXPECT_EQ(
      ErrorReasonOf(
          service_->RequestConsent(*Bookings::CallOf(Bookings::Pupil("ana")), again).status()),
      "GUARDIAN_IS_APPLICANT");
  EXPECT_THAT(sender_.links(), IsEmpty());
  ASSERT_TRUE(Set(Bookings::Pupil("ana"), GuardianOf("people/me", "real@x.example")).ok());
  EXPECT_EQ(asker_->AskNow().put, 1);
}

TEST_F(GuardianAskerTest, NobodysMailboxIsFilled) {
  AddMinor("ana");
  for (int i = 0; i < 14; ++i) Book("ana");
  asker_->AskNow();
  asker_->AskNow();
  const int put = static_cast<int>(sender_.links().size());
  EXPECT_LE(put, 14);
  for (int i = 0; i < 4; ++i) {
    world_.Execute("UPDATE consent_requests SET state = 'CLOSED', cause = 'LOST'");
    asker_->AskNow();
  }
  EXPECT_THAT(sender_.links(), SizeIs(put));
  world_.clock().Advance(absl::Hours(25));
  EXPECT_GT(asker_->AskNow().put, 0);
}

TEST_F(GuardianAskerTest, WhatMovedOnIsClosed) {
  AddMinor("ana");
  std::string booking;
  BookAndAsk("ana", &booking);
  ASSERT_TRUE(world_.Step(Bookings::Pupil("ana"), booking, "", &BookingService::Cancel).ok());
  asker_->AskNow();
  EXPECT_EQ(world_.Count("SELECT count(*) FROM consent_requests WHERE cause = 'MOVED_ON'"), 1);
}

TEST_F(GuardianAskerTest, ARunningAskerFindsWhatItIsWokenFor) {
  AddMinor("ana");
  asker_->Start();
  Book("ana");
  asker_->Wake();
  while (sender_.links().empty()) std::this_thread::yield();
  EXPECT_THAT(sender_.links(), SizeIs(1));
  asker_.reset();
}

}  // namespace
}  // namespace dm::booking
