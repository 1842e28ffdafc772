// What the chamber and time make of an agreement, and who has no part in it.
#include "tests/integration/booking/agreement_world.h"

#include <gmock/gmock.h>

namespace dm::booking {
namespace {

namespace pb = destinationmetier::booking::v1;
using ::testing::IsEmpty;

using AgreementReviewTest = AgreementTest;

TEST_F(AgreementReviewTest, FourEyesValidate) {
  const std::string booking = InReview();
  EXPECT_EQ(ErrorReasonOf(Step(Agent("agent-2"), booking, &AgreementService::Approve).status()),
            "FOUR_EYES_NEEDED");
  ASSERT_TRUE(Step(Agent("agent-1"), booking, &AgreementService::Recommend).ok());
  EXPECT_EQ(ErrorReasonOf(Step(Agent("agent-2"), booking, &AgreementService::Recommend).status()),
            "STATE_CONFLICT");
  EXPECT_EQ(ErrorReasonOf(Step(Agent("agent-1"), booking, &AgreementService::Approve).status()),
            "FOUR_EYES_NEEDED");
  EXPECT_EQ(StateOf(booking), "IN_REVIEW");
  EXPECT_TRUE(Step(Agent("agent-2"), booking, &AgreementService::Approve).ok());
}

TEST_F(AgreementReviewTest, TheChamberRejectsAtEitherStepAndReturnsWhatMustChange) {
  const std::string first = InReview("ana");
  const auto rejected = Step(Agent("agent-1"), first, &AgreementService::Reject);
  ASSERT_TRUE(rejected.ok()) << rejected.status();
  EXPECT_EQ(rejected->state(), pb::Agreement::STATE_REJECTED);
  EXPECT_EQ(rejected->reason(), "Parce que.");
  const std::string second = InReview("bob");
  ASSERT_TRUE(Step(Agent("agent-1"), second, &AgreementService::Recommend).ok());
  ASSERT_TRUE(Step(Agent("agent-2"), second, &AgreementService::Reject).ok());
  const std::string third = InReview("eva");
  ASSERT_TRUE(Step(Agent("agent-1"), third, &AgreementService::Recommend).ok());
  const auto returned = Step(Agent("agent-2"), third, &AgreementService::Return);
  ASSERT_TRUE(returned.ok()) << returned.status();
  EXPECT_EQ(returned->state(), pb::Agreement::STATE_DRAFT);
  EXPECT_EQ(returned->reason(), "Parce que.");
  EXPECT_THAT(returned->signatories(), IsEmpty());
  // A rejected agreement is the end of it.
  EXPECT_EQ(ErrorReasonOf(Update(World::Host(), first, Complete()).status()), "STATE_CONFLICT");
  ExpectSound();
}

TEST_F(AgreementReviewTest, WhatAPartyMayNotDoIsRefused) {
  const std::string booking = InReview();
  for (const auth::Caller& caller : {World::Pupil("ana"), World::Host()}) {
    EXPECT_EQ(ErrorReasonOf(Step(caller, booking, &AgreementService::Recommend).status()),
              "ROLE_MISSING");
    EXPECT_EQ(ErrorReasonOf(Step(caller, booking, &AgreementService::Cancel).status()),
              "ROLE_MISSING");
  }
  EXPECT_EQ(ErrorReasonOf(RequestCode(Agent("agent-1"), booking)), "ROLE_MISSING");
}

TEST_F(AgreementReviewTest, ForAllOthersItDoesNotExist) {
  const std::string booking = Validated();
  const auth::Caller strangers[] = {World::Pupil("bob"), World::Host("90000002700012"),
                                    World::Agency("76")};
  for (const auth::Caller& caller : strangers) {
    for (const absl::Status& status :
         {Get(caller, booking).status(), Document(caller, booking).status(),
          History(caller, booking).status(), Update(caller, booking, Complete()).status(),
          Step(caller, booking, &AgreementService::Submit).status(),
          Step(caller, booking, &AgreementService::Recommend).status(),
          RequestCode(caller, booking), Report(caller, booking).status()}) {
      EXPECT_EQ(ErrorReasonOf(status), "RESOURCE_NOT_FOUND") << caller.subject;
    }
  }
  for (const auth::Caller& caller : {World::Pupil("ana"), World::Host(), Agent("agent-1")}) {
    EXPECT_TRUE(Get(caller, booking).ok()) << caller.subject;
    EXPECT_TRUE(Document(caller, booking).ok()) << caller.subject;
  }
  // The agency's looks are kept, those of the parties are not.
  EXPECT_EQ(HistoryRows("SEEN"), 1);
  EXPECT_EQ(HistoryRows("DOCUMENT_SEEN"), 1);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM agreement_history WHERE action LIKE '%SEEN' AND "
                         "person = 'people/agent-1' AND party = 'CHAMBER'"),
            2);
}

TEST_F(AgreementReviewTest, ABookingThatEndsTakesItsAgreementWithIt) {
  const std::string signing = Confirmed("ana");
  Submitted(signing, Complete());
  const std::string validated = Validated("bob");
  for (const char* subject : {"ana", "bob"}) {
    const std::string& booking = std::string(subject) == "ana" ? signing : validated;
    ASSERT_TRUE(world_.Step(World::Pupil(subject), booking, "", &BookingService::Cancel).ok());
  }
  // Nobody signs any more, even before the loop has come.
  EXPECT_EQ(ErrorReasonOf(RequestCode(World::Host(), signing)), "BOOKING_NOT_CONFIRMED");
  EXPECT_EQ(Tell().reviewed, 2);
  EXPECT_EQ(Tell().reviewed, 0);
  EXPECT_EQ(StateOf(signing), "CANCELLED");
  EXPECT_EQ(StateOf(validated), "CANCELLED");
  EXPECT_EQ(HistoryRows("BOOKING_ENDED"), 2);
  ExpectSound();
}

TEST_F(AgreementReviewTest, WithoutAValidatedAgreementAtTheStartThereIsNoStay) {
  const std::string late = InReview("ana");
  const std::string in_time = Validated("bob");
  world_.clock().Advance(absl::Hours(48) + absl::Seconds(1));
  // Too late to be validated, whoever looks first.
  EXPECT_EQ(ErrorReasonOf(Step(Agent("agent-1"), late, &AgreementService::Recommend).status()),
            "STATE_CONFLICT");
  world_.ReviewDue();
  Tell();
  EXPECT_EQ(StateOf(late), "EXPIRED");
  EXPECT_EQ(StateOf(in_time), "VALIDATED");
  EXPECT_EQ(world_.Get(World::Pupil("ana"), late).state_reason(), "AGREEMENT_MISSING");
  EXPECT_EQ(world_.Get(World::Pupil("bob"), in_time).state(), pb::Booking::STATE_CONFIRMED);
  EXPECT_EQ(Tell().reviewed, 0);
  ExpectSound();
}

TEST_F(AgreementReviewTest, ManyReplicasExpireAnAgreementOnce) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(Create(World::Host(), Confirmed(absl::StrCat("eleve-", i)), Complete()).ok());
  }
  world_.clock().Advance(absl::Hours(49));
  std::vector<std::unique_ptr<AgreementLoop>> loops;
  for (int i = 0; i < 4; ++i) loops.push_back(MakeLoop());
  AllAtOnce(4, [&](int i) { EXPECT_TRUE(loops[static_cast<size_t>(i)]->RunOnce().status.ok()); });
  EXPECT_EQ(HistoryRows("NOT_VALIDATED_IN_TIME"), 5);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM outbox WHERE type LIKE '%AgreementChanged'"), 10);
  ExpectSound();
}

TEST_F(AgreementReviewTest, ASessionThatMovesTakesItsAgreementBackToTheDraft) {
  const std::string booking = Validated();
  const auto before = Get(World::Host(), booking);
  world_.Execute(
      absl::StrCat("UPDATE bookings SET start_time = start_time + interval '1 day', "
                   "end_time = end_time + interval '1 day' WHERE id = '",
                   booking.substr(9), "'"));
  EXPECT_EQ(Tell().reviewed, 1);
  const auto moved = Get(World::Host(), booking);
  ASSERT_TRUE(moved.ok());
  EXPECT_EQ(moved->state(), pb::Agreement::STATE_DRAFT);
  EXPECT_EQ(moved->state_reason(), "STAY_MOVED");
  EXPECT_EQ(moved->start_time().seconds(), before->start_time().seconds() + 24 * 3600);
  EXPECT_NE(moved->content().stay().schedule(0).day(), before->content().stay().schedule(0).day());
  EXPECT_EQ(ValidatedInLedger(booking), 0);
  // The rest of what was written stays.
  EXPECT_EQ(moved->content().tutor().name(), "Marc Dufour");
  ExpectSound();
}

TEST_F(AgreementReviewTest, TheChamberTakesBackWhatItValidated) {
  const std::string booking = Validated();
  const auto cancelled = Step(Agent("agent-3"), booking, &AgreementService::Cancel);
  ASSERT_TRUE(cancelled.ok()) << cancelled.status();
  EXPECT_EQ(cancelled->state(), pb::Agreement::STATE_CANCELLED);
  EXPECT_EQ(ValidatedInLedger(booking), 0);
  world_.clock().Advance(absl::Hours(48) + absl::Seconds(1));
  world_.ReviewDue();
  EXPECT_EQ(world_.Get(World::Pupil("ana"), booking).state_reason(), "AGREEMENT_MISSING");
}

TEST_F(AgreementReviewTest, BothSidesReportOnceTheStayIsOver) {
  const std::string booking = Validated();
  EXPECT_EQ(ErrorReasonOf(Report(World::Host(), booking).status()), "STAY_NOT_OVER");
  world_.clock().Advance(absl::Hours(51));
  ASSERT_TRUE(Report(World::Host(), booking).ok());
  ASSERT_TRUE(Report(World::Pupil("ana"), booking, "J'ai vu.").ok());
  // Written again it takes the place of the first.
  const auto again = Report(World::Pupil("ana"), booking, "J'ai tout vu.");
  ASSERT_TRUE(again.ok()) << again.status();
  ASSERT_EQ(again->reports_size(), 2);
  EXPECT_EQ(again->reports(0).party(), kApplicant);
  EXPECT_EQ(again->reports(0).activities(), "J'ai tout vu.");
  EXPECT_EQ(again->state(), pb::Agreement::STATE_VALIDATED);
  EXPECT_EQ(HistoryRows("REPORTED"), 3);
  ExpectSound();
}

}  // namespace
}  // namespace dm::booking
