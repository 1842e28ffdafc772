#include "services/booking/domain/agreement_decision.h"

#include "services/booking/domain/agreement_refusals.h"
#include "services/booking/domain/presence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace dm::booking {
namespace {

using S = AgreementState;
using T = AgreementStep;
using P = AgreementParty;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);
constexpr char kHash[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

Booking Confirmed() {
  Booking booking;
  booking.id = "01934f6a-0000-7000-8000-000000000002";
  booking.applicant = "people/ana";
  booking.state = BookingState::kConfirmed;
  booking.scheme = Scheme::kMiniStageCci;
  booking.agreement_needed = true;
  booking.start_time = kNow + absl::Hours(48);
  booking.end_time = kNow + absl::Hours(50);
  booking.update_time = kNow - absl::Hours(1);
  return booking;
}

Agreement In(S state) {
  Agreement agreement;
  agreement.booking_id = Confirmed().id;
  agreement.state = state;
  agreement.version = 4;
  agreement.start_time = Confirmed().start_time;
  agreement.end_time = Confirmed().end_time;
  if (state != S::kDraft) {
    agreement.document = "{}";
    agreement.document_hash = kHash;
    agreement.signatories = {{.party = P::kApplicant}, {.party = P::kTutor}};
  }
  return agreement;
}

Signature Of(const std::string& hash) {
  return {.time = kNow, .method = SignatureMethod::kLinkAndCode, .document_hash = hash};
}

AgreementCommand Asked(T step, P party) {
  AgreementCommand command;
  command.step = step;
  command.party = party;
  command.person = "people/agent-2";
  if (step == T::kEdit) command.detail = AgreementContent();
  if (step == T::kSubmit) command.detail = FixedText{.document = "{}", .hash = kHash};
  if (step == T::kSign) command.detail = Of(kHash);
  if (step == T::kReport) command.detail = StayReport{.party = party};
  return command;
}

TEST(AgreementDecisionTest, EachRefusalHasItsReason) {
  struct Case {
    const char* reason;
    S state;
    AgreementCommand command;
    std::function<void(Agreement&, Booking&, absl::Time&)> make;
  };
  const auto nothing = [](Agreement&, Booking&, absl::Time&) {};
  AgreementCommand old = Asked(T::kEdit, P::kTutor);
  old.expected_version = 3;
  AgreementCommand other_text = Asked(T::kSign, P::kTutor);
  other_text.detail = Of(std::string(64, 'b'));
  const Case cases[] = {
      {"ROLE_MISSING", S::kInReview, Asked(T::kValidate, P::kTutor), nothing},
      {"ROLE_MISSING", S::kSigning, Asked(T::kSign, P::kGuardian), nothing},
      {"ETAG_MISMATCH", S::kDraft, old, nothing},
      {"STATE_CONFLICT", S::kDraft, Asked(T::kSign, P::kTutor), nothing},
      {"STATE_CONFLICT", S::kValidated, Asked(T::kEdit, P::kTutor), nothing},
      {"STATE_CONFLICT", S::kSigning, Asked(T::kSign, P::kTutor),
       [](Agreement& a, Booking&, absl::Time&) { a.signatories[1].signature = Of(kHash); }},
      {"DOCUMENT_CHANGED", S::kSigning, other_text, nothing},
      {"SESSION_PAST", S::kDraft, Asked(T::kEdit, P::kTutor),
       [](Agreement& a, Booking&, absl::Time& now) { now = a.start_time; }},
      {"SESSION_PAST", S::kValidated, Asked(T::kCancel, P::kChamber),
       [](Agreement& a, Booking&, absl::Time& now) { now = a.end_time; }},
      {"STAY_NOT_OVER", S::kValidated, Asked(T::kReport, P::kTutor),
       [](Agreement& a, Booking&, absl::Time& now) { now = a.end_time - absl::Seconds(1); }},
      {"RESOURCE_NOT_FOUND", S::kValidated, Asked(T::kReport, P::kTutor),
       [](Agreement& a, Booking& b, absl::Time& now) {
         b.state = BookingState::kCompleted;
         b.applicant = "people/erased-01934f6a-0000-7000-8000-000000000003";
         now = a.end_time;
       }},
      {"BOOKING_NOT_CONFIRMED", S::kDraft, Asked(T::kSubmit, P::kTutor),
       [](Agreement&, Booking& b, absl::Time&) { b.state = BookingState::kCancelled; }},
      {"BOOKING_NOT_CONFIRMED", S::kValidated, Asked(T::kReport, P::kTutor),
       [](Agreement& a, Booking& b, absl::Time& now) {
         b.state = BookingState::kNoShow;
         now = a.end_time;
       }},
      {"FOUR_EYES_NEEDED", S::kInReview, Asked(T::kValidate, P::kChamber), nothing},
      {"FOUR_EYES_NEEDED", S::kInReview, Asked(T::kValidate, P::kChamber),
       [](Agreement& a, Booking&, absl::Time&) {
         a.recommended = ReviewMark{"people/agent-2", kNow};
       }},
  };
  for (const Case& c : cases) {
    Agreement agreement = In(c.state);
    Booking booking = Confirmed();
    absl::Time now = kNow;
    c.make(agreement, booking, now);
    const auto change = Decide(agreement, booking, c.command, now);
    EXPECT_EQ(ErrorReasonOf(change.status()), c.reason)
        << AgreementStepName(c.command.step) << " " << change.status();
  }
}

TEST(AgreementDecisionTest, AStepRaisesTheVersionAndTellsWhy) {
  const auto change = Decide(In(S::kDraft), Confirmed(), Asked(T::kSubmit, P::kTutor), kNow);
  ASSERT_TRUE(change.ok()) << change.status();
  EXPECT_EQ(change->from, S::kDraft);
  EXPECT_EQ(change->after.state, S::kSigning);
  EXPECT_EQ(change->after.version, 5);
  EXPECT_EQ(change->after.update_time, kNow);
  EXPECT_EQ(change->after.why, "SUBMITTED");
  EXPECT_EQ(change->after.document_hash, kHash);
}

TEST(AgreementDecisionTest, AnEditLeavesNothingOfWhatWasSignedOrSaid) {
  Agreement agreement = In(S::kInReview);
  for (Signatory& signatory : agreement.signatories) signatory.signature = Of(kHash);
  agreement.recommended = ReviewMark{"people/agent-1", kNow};
  const auto change = Decide(agreement, Confirmed(), Asked(T::kEdit, P::kApplicant), kNow);
  ASSERT_TRUE(change.ok()) << change.status();
  EXPECT_EQ(change->after.state, S::kDraft);
  EXPECT_EQ(change->effect, AgreementEffect::kClearsSignatures);
  EXPECT_TRUE(change->after.signatories.empty());
  EXPECT_EQ(change->after.document, "");
  EXPECT_EQ(change->after.document_hash, "");
  EXPECT_FALSE(change->after.recommended.has_value());
  // Hours that nobody wrote are those of the stay.
  EXPECT_EQ(change->after.content.stay.schedule,
            PresenceDaysOf(agreement.start_time, agreement.end_time));
}

TEST(AgreementDecisionTest, EverySignatureButTheLastStays) {
  Agreement agreement = In(S::kSigning);
  const auto first = Decide(agreement, Confirmed(), Asked(T::kSign, P::kTutor), kNow);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->after.state, S::kSigning);
  EXPECT_TRUE(first->after.FindSignatory(P::kTutor)->signature.has_value());
  EXPECT_EQ(first->after.MissingSignatures(), 1);
  const auto last = Decide(first->after, Confirmed(), Asked(T::kSign, P::kApplicant), kNow);
  ASSERT_TRUE(last.ok()) << last.status();
  EXPECT_EQ(last->after.state, S::kInReview);
  EXPECT_EQ(last->after.MissingSignatures(), 0);
}

TEST(AgreementDecisionTest, AReviewFollowsTimeAndBookingAndThenRests) {
  Booking booking = Confirmed();
  EXPECT_FALSE(ReviewAgreement(In(S::kSigning), booking, kNow).has_value());
  // What ended before the stay was given up; what ended at its start ended for want of a paper.
  booking.state = BookingState::kCancelled;
  EXPECT_EQ(ReviewAgreement(In(S::kSigning), booking, kNow)->after.state, S::kCancelled);
  booking.update_time = booking.start_time;
  EXPECT_EQ(ReviewAgreement(In(S::kSigning), booking, booking.start_time)->after.state,
            S::kExpired);
  EXPECT_FALSE(ReviewAgreement(In(S::kExpired), booking, booking.start_time).has_value());

  booking = Confirmed();
  booking.start_time += absl::Hours(24);
  booking.end_time += absl::Hours(24);
  const auto moved = ReviewAgreement(In(S::kValidated), booking, kNow);
  ASSERT_TRUE(moved.has_value());
  EXPECT_EQ(moved->after.state, S::kDraft);
  EXPECT_EQ(moved->after.start_time, booking.start_time);
  EXPECT_EQ(moved->after.content.stay.schedule,
            PresenceDaysOf(booking.start_time, booking.end_time));
  EXPECT_FALSE(ReviewAgreement(moved->after, booking, kNow).has_value());
}

TEST(AgreementDecisionTest, WhoAttendedKeepsTheirAgreement) {
  for (const BookingState state : {BookingState::kCompleted, BookingState::kNoShow}) {
    Booking booking = Confirmed();
    booking.state = state;
    booking.update_time = booking.end_time;
    EXPECT_FALSE(ReviewAgreement(In(S::kValidated), booking, booking.end_time).has_value());
  }
}

TEST(AgreementDecisionTest, AStayThatIsBrokenOffMayNoLongerTakePlace) {
  Booking booking = Confirmed();
  booking.state = BookingState::kCancelled;
  booking.update_time = booking.start_time + absl::Hours(1);
  const auto ended = ReviewAgreement(In(S::kValidated), booking, booking.update_time);
  ASSERT_TRUE(ended.has_value());
  EXPECT_EQ(ended->after.state, S::kCancelled);
  EXPECT_EQ(ended->after.why, "BOOKING_ENDED");
  EXPECT_EQ(ended->effect, AgreementEffect::kInvalidates);
}

TEST(AgreementDecisionTest, OnlyAFinishedTextIsFixed) {
  AgreementDocument document;
  document.booking_id = Confirmed().id;
  EXPECT_EQ(ErrorReasonOf(FixText(document).status()), "AGREEMENT_INCOMPLETE");
}

TEST(AgreementDecisionTest, ItIsDueAtTheStartUntilItIsSettled) {
  for (const S state : AllAgreementStates()) {
    const Agreement agreement = In(state);
    const bool due = state == S::kDraft || state == S::kSigning || state == S::kInReview;
    EXPECT_EQ(NextAgreementReview(agreement).has_value(), due) << AgreementStateName(state);
    EXPECT_EQ(NextAgreementReview(agreement).value_or(agreement.start_time), agreement.start_time);
  }
}

}  // namespace
}  // namespace dm::booking
