#include "services/booking/domain/agreement_transitions.h"

#include "absl/algorithm/container.h"
#include "services/booking/domain/agreement_decision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <tuple>

namespace dm::booking {
namespace {

using S = AgreementState;
using T = AgreementStep;
using P = AgreementParty;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

// A stay to come, with two parties that have yet to sign.
AgreementFacts Facts() {
  return {.now = kNow,
          .start_time = kNow + absl::Hours(48),
          .end_time = kNow + absl::Hours(96),
          .missing_signatures = 2,
          .recommended_by = "",
          .person = "people/agent-2",
          .booking_left = false,
          .stay_moved = false};
}

// Where a step leads, or nowhere.
std::optional<S> To(S from, T step, P party, const AgreementFacts& facts) {
  const AgreementTransition* row = FindAgreementTransition(from, step, party, facts);
  if (row == nullptr) return std::nullopt;
  return row->to;
}

TEST(AgreementTransitionsTest, TheWholeTableForAStayToCome) {
  // Everything that is not here leads nowhere.
  const std::map<std::tuple<S, T, P>, S> expected = {
      {{S::kDraft, T::kEdit, P::kApplicant}, S::kDraft},
      {{S::kDraft, T::kEdit, P::kTutor}, S::kDraft},
      {{S::kDraft, T::kEdit, P::kChamber}, S::kDraft},
      {{S::kDraft, T::kSubmit, P::kApplicant}, S::kSigning},
      {{S::kDraft, T::kSubmit, P::kTutor}, S::kSigning},
      {{S::kDraft, T::kSubmit, P::kChamber}, S::kSigning},
      {{S::kDraft, T::kCancel, P::kChamber}, S::kCancelled},
      {{S::kSigning, T::kEdit, P::kApplicant}, S::kDraft},
      {{S::kSigning, T::kEdit, P::kTutor}, S::kDraft},
      {{S::kSigning, T::kEdit, P::kChamber}, S::kDraft},
      {{S::kSigning, T::kSign, P::kApplicant}, S::kSigning},
      {{S::kSigning, T::kSign, P::kGuardian}, S::kSigning},
      {{S::kSigning, T::kSign, P::kTutor}, S::kSigning},
      {{S::kSigning, T::kSign, P::kSchool}, S::kSigning},
      {{S::kSigning, T::kCancel, P::kChamber}, S::kCancelled},
      {{S::kInReview, T::kEdit, P::kApplicant}, S::kDraft},
      {{S::kInReview, T::kEdit, P::kTutor}, S::kDraft},
      {{S::kInReview, T::kEdit, P::kChamber}, S::kDraft},
      {{S::kInReview, T::kRecommend, P::kChamber}, S::kInReview},
      {{S::kInReview, T::kReturn, P::kChamber}, S::kDraft},
      {{S::kInReview, T::kReject, P::kChamber}, S::kRejected},
      {{S::kInReview, T::kCancel, P::kChamber}, S::kCancelled},
      {{S::kValidated, T::kCancel, P::kChamber}, S::kCancelled},
  };
  for (const S from : AllAgreementStates()) {
    for (const T step : AllAgreementSteps()) {
      for (const P party : AllAgreementParties()) {
        const auto entry = expected.find({from, step, party});
        const std::optional<S> to =
            entry == expected.end() ? std::nullopt : std::optional(entry->second);
        EXPECT_EQ(To(from, step, party, Facts()), to)
            << AgreementStateName(from) << " " << AgreementStepName(step) << " "
            << AgreementPartyName(party);
      }
    }
  }
}

TEST(AgreementTransitionsTest, TheLastSignatureMovesOn) {
  AgreementFacts facts = Facts();
  facts.missing_signatures = 1;
  for (const P party : {P::kApplicant, P::kGuardian, P::kTutor, P::kSchool}) {
    EXPECT_EQ(To(S::kSigning, T::kSign, party, facts), S::kInReview);
  }
  EXPECT_EQ(To(S::kSigning, T::kSign, P::kChamber, facts), std::nullopt);
}

TEST(AgreementTransitionsTest, OnlyASecondPersonValidatesAndOnlyOnceRecommended) {
  AgreementFacts facts = Facts();
  EXPECT_EQ(To(S::kInReview, T::kValidate, P::kChamber, facts), std::nullopt);
  facts.recommended_by = facts.person;
  EXPECT_EQ(To(S::kInReview, T::kValidate, P::kChamber, facts), std::nullopt);
  facts.recommended_by = "people/agent-1";
  EXPECT_EQ(To(S::kInReview, T::kValidate, P::kChamber, facts), S::kValidated);
  EXPECT_EQ(To(S::kInReview, T::kRecommend, P::kChamber, facts), std::nullopt);
  EXPECT_EQ(To(S::kInReview, T::kReject, P::kChamber, facts), S::kRejected);
  EXPECT_EQ(To(S::kInReview, T::kReturn, P::kChamber, facts), S::kDraft);
}

TEST(AgreementTransitionsTest, TimeAndTheBookingLeadEveryAgreementThatIsNotFinal) {
  struct Case {
    const char* what;
    AgreementFacts facts;
    std::map<S, S> to;
  };
  AgreementFacts started = Facts();
  started.now = started.start_time;
  AgreementFacts left = Facts();
  left.booking_left = true;
  AgreementFacts left_and_started = started;
  left_and_started.booking_left = true;
  AgreementFacts moved = Facts();
  moved.stay_moved = true;
  // The old times have come, but the stay is still to come.
  AgreementFacts moved_and_started = started;
  moved_and_started.stay_moved = true;
  const std::map<S, S> all_drafts = {{S::kDraft, S::kDraft},
                                     {S::kSigning, S::kDraft},
                                     {S::kInReview, S::kDraft},
                                     {S::kValidated, S::kDraft}};
  const std::map<S, S> all_cancelled = {{S::kDraft, S::kCancelled},
                                        {S::kSigning, S::kCancelled},
                                        {S::kInReview, S::kCancelled},
                                        {S::kValidated, S::kCancelled}};
  const Case cases[] = {
      {"nothing happened", Facts(), {}},
      {"the stay has begun",
       started,
       {{S::kDraft, S::kExpired}, {S::kSigning, S::kExpired}, {S::kInReview, S::kExpired}}},
      {"the booking left", left, all_cancelled},
      {"the booking left, seen after the start", left_and_started, all_cancelled},
      {"the stay moved", moved, all_drafts},
      {"the stay moved, seen after its old start", moved_and_started, all_drafts},
  };
  for (const Case& c : cases) {
    for (const S from : AllAgreementStates()) {
      const auto entry = c.to.find(from);
      const std::optional<S> to = entry == c.to.end() ? std::nullopt : std::optional(entry->second);
      EXPECT_EQ(To(from, T::kReview, P::kSystem, c.facts), to)
          << c.what << ": " << AgreementStateName(from);
      // Nobody else takes that step.
      EXPECT_EQ(To(from, T::kReview, P::kChamber, c.facts), std::nullopt);
    }
  }
}

TEST(AgreementTransitionsTest, OnlyAnAgreementThatIsOverIsReportedOn) {
  AgreementFacts facts = Facts();
  EXPECT_EQ(To(S::kValidated, T::kReport, P::kTutor, facts), std::nullopt);
  facts.now = facts.end_time;
  EXPECT_EQ(To(S::kValidated, T::kReport, P::kTutor, facts), S::kValidated);
  EXPECT_EQ(To(S::kValidated, T::kReport, P::kApplicant, facts), S::kValidated);
  EXPECT_EQ(To(S::kValidated, T::kReport, P::kGuardian, facts), std::nullopt);
  EXPECT_EQ(To(S::kExpired, T::kReport, P::kTutor, facts), std::nullopt);
  // Nothing is taken back any more.
  EXPECT_EQ(To(S::kValidated, T::kCancel, P::kChamber, facts), std::nullopt);
}

TEST(AgreementTransitionsTest, EveryRowIsSound) {
  std::set<std::tuple<S, T, AgreementGuard>> seen;
  for (const AgreementTransition& row : AllAgreementTransitions()) {
    EXPECT_TRUE(seen.insert({row.from, row.step, row.guard}).second) << row.why;
    EXPECT_FALSE(IsFinal(row.from)) << row.why;
    EXPECT_FALSE(row.why.empty());
    // What leads out of a fixed text and stays alive makes every signature void.
    if (IsUnderSignature(row.from) && row.to == S::kDraft) {
      EXPECT_TRUE(row.effect == AgreementEffect::kClearsSignatures ||
                  row.effect == AgreementEffect::kFollowsBooking)
          << row.why;
    }
    // The ledger is told whenever it changes whether the stay may take place.
    const bool becomes = row.to == S::kValidated && row.from != S::kValidated;
    EXPECT_EQ(becomes, row.effect == AgreementEffect::kValidates) << row.why;
    if (row.from == S::kValidated && row.to != S::kValidated) {
      EXPECT_TRUE(row.effect == AgreementEffect::kInvalidates ||
                  row.effect == AgreementEffect::kFollowsBooking)
          << row.why;
    }
    EXPECT_EQ(row.step == T::kReview, row.parties.Contains(P::kSystem)) << row.why;
  }
}

TEST(AgreementTransitionsTest, ThePictureInTheReadmeIsMadeFromThem) {
  std::ifstream file("README.md");
  const std::string readme((std::istreambuf_iterator<char>(file)), {});
  EXPECT_NE(readme.find("```mermaid\n" + AgreementTransitionsPicture() + "```"), std::string::npos)
      << "put this into README.md:\n"
      << AgreementTransitionsPicture();
}

TEST(AgreementTransitionsTest, NamesAreReadBack) {
  for (const S state : AllAgreementStates()) {
    EXPECT_EQ(ParseAgreementState(AgreementStateName(state)), state);
  }
  for (const P party : AllAgreementParties()) {
    EXPECT_EQ(ParseAgreementParty(AgreementPartyName(party)), party);
  }
  EXPECT_EQ(ParseAgreementState("VALID"), std::nullopt);
  EXPECT_EQ(ParseAgreementParty(""), std::nullopt);
}

TEST(AgreementPartiesTest, WhoSignsFollowsFromSchemeAgeAndSchool) {
  using V = std::vector<P>;
  const V alone = {P::kApplicant, P::kTutor};
  const V with_guardian = {P::kApplicant, P::kGuardian, P::kTutor};
  const V with_school = {P::kApplicant, P::kTutor, P::kSchool};
  const V with_both = {P::kApplicant, P::kGuardian, P::kTutor, P::kSchool};
  struct Case {
    Scheme scheme;
    bool minor;
    bool school;
    V expected;
  };
  const Case cases[] = {
      {Scheme::kMiniStageCci, false, false, alone},
      {Scheme::kMiniStageCci, true, false, with_guardian},
      {Scheme::kMiniStageCci, false, true, with_school},
      {Scheme::kMiniStageCci, true, true, with_both},
      {Scheme::kMiniStageCma, true, false, with_guardian},
      {Scheme::kMiniStageAgriculture, true, true, with_both},
      // Some bodies sign whether the draft names them or not.
      {Scheme::kSchoolObservation, true, false, with_both},
      {Scheme::kAdultImmersion, false, false, with_school},
      {Scheme::kInformationVisit, true, false, with_guardian},
      {Scheme::kInformationVisit, true, true, with_both},
      {Scheme::kMeeting, false, true, alone},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(SignatoriesFor(c.scheme, c.minor, c.school), c.expected) << SchemeName(c.scheme);
  }
  ASSERT_EQ(AllAgreementKinds().size(), AllSchemes().size());
  for (const Scheme scheme : AllSchemes()) EXPECT_EQ(AgreementKindOf(scheme).scheme, scheme);
}

TEST(AgreementPartiesTest, ACallerIsWhatTheBookingMakesOfThem) {
  Booking booking;
  booking.applicant = "people/ana";
  booking.host = "companies/90000001900019";
  booking.department = "61";
  Actor actor;
  actor.person = "people/ana";
  EXPECT_TRUE(AgreementPartiesOf(actor, booking).empty());
  actor.applicant = true;
  EXPECT_EQ(AgreementPartiesOf(actor, booking), std::vector<P>{P::kApplicant});
  actor.hosts = {"companies/1", booking.host};
  actor.departments = {"61"};
  EXPECT_EQ(AgreementPartiesOf(actor, booking),
            (std::vector<P>{P::kApplicant, P::kTutor, P::kChamber}));
  booking.department = "76";
  booking.host = "companies/2";
  EXPECT_EQ(AgreementPartiesOf(actor, booking), std::vector<P>{P::kApplicant});
}

}  // namespace
}  // namespace dm::booking
