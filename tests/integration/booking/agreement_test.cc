// An agreement from its draft to the report on the stay.
#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "services/booking/api/privacy_service.h"
#include "services/booking/privacy/erasures.h"
#include "services/booking/privacy/retention.h"
#include "services/booking/store/personal_data.h"
#include "tests/integration/booking/agreement_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dm::booking {
namespace {

namespace pb = destinationmetier::booking::v1;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class AgreementFlowTest : public AgreementTest {
 protected:
  absl::StatusOr<pb::AgreementDocument> Document(const auth::Caller& caller,
                                                 const std::string& booking) {
    pb::GetAgreementDocumentRequest request;
    request.set_name(booking + "/agreement/document");
    return service_.GetDocument(*As(caller), request);
  }
  absl::StatusOr<pb::ListAgreementHistoryResponse> History(const auth::Caller& caller,
                                                           const std::string& booking) {
    pb::ListAgreementHistoryRequest request;
    request.set_parent(booking + "/agreement");
    request.set_page_size(100);
    return service_.ListHistory(*As(caller), request);
  }
  absl::StatusOr<Message> Report(const auth::Caller& caller, const std::string& booking,
                                 const std::string& activities = "Vu et fait.") {
    pb::WriteStayReportRequest request;
    request.set_name(booking + "/agreement");
    request.mutable_report()->set_activities(activities);
    request.mutable_report()->set_assessment("Très bien.");
    request.mutable_report()->set_rating(4);
    request.mutable_report()->set_would_go_on(true);
    request.set_request_id(NewId());
    return service_.WriteReport(*As(caller, "Report"), request);
  }
  static std::vector<std::string> FieldsOf(const absl::Status& status) {
    std::vector<std::string> fields;
    const auto details = GetErrorDetails(status);
    if (!details.has_value()) return fields;
    for (const FieldViolation& violation : details->fields) fields.push_back(violation.field);
    return fields;
  }
};

TEST_F(AgreementFlowTest, ItIsWrittenSignedReviewedAndValidated) {
  const std::string booking = Confirmed();
  const auto created = Create(World::Pupil("ana"), booking, Complete());
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->name(), booking + "/agreement");
  EXPECT_EQ(created->state(), pb::Agreement::STATE_DRAFT);
  EXPECT_EQ(created->scheme(), destinationmetier::type::v1::SCHEME_MINI_STAGE_CCI);
  // Hours that nobody wrote are those of the session.
  EXPECT_GE(created->content().stay().schedule_size(), 1);
  EXPECT_THAT(created->signatories(), IsEmpty());

  const auto submitted = Submit(booking);
  ASSERT_TRUE(submitted.ok()) << submitted.status();
  EXPECT_EQ(submitted->state(), pb::Agreement::STATE_SIGNING);
  EXPECT_THAT(submitted->document_hash(), SizeIs(64));
  // An adult without a school: the applicant and the host.
  ASSERT_EQ(submitted->signatories_size(), 2);
  EXPECT_EQ(submitted->signatories(0).party(), kApplicant);
  EXPECT_EQ(submitted->signatories(1).party(), kTutor);
  EXPECT_EQ(submitted->signatories(1).sent_to(), "m•••@boulangerie.example");
  EXPECT_EQ(Tell().told, 2);
  EXPECT_EQ(Tell().told, 0);

  const std::string hash = submitted->document_hash();
  ASSERT_TRUE(SignAsApplicant("ana", booking, hash).ok());
  EXPECT_EQ(StateOf(booking), "SIGNING");
  ASSERT_TRUE(SignAsTutor(booking, hash).ok());
  EXPECT_EQ(StateOf(booking), "IN_REVIEW");
  EXPECT_EQ(ValidatedInLedger(booking), 0);

  ASSERT_TRUE(Step(Agent("agent-1"), booking, &AgreementService::Recommend).ok());
  EXPECT_EQ(StateOf(booking), "IN_REVIEW");
  const auto validated = Step(Agent("agent-2"), booking, &AgreementService::Approve);
  ASSERT_TRUE(validated.ok()) << validated.status();
  EXPECT_EQ(validated->state(), pb::Agreement::STATE_VALIDATED);
  EXPECT_EQ(validated->recommendation().person(), "people/agent-1");
  EXPECT_EQ(validated->validation().person(), "people/agent-2");
  EXPECT_EQ(ValidatedInLedger(booking), 1);
  ExpectSound();

  // Every step is an event, and none tells of people but by ids.
  EXPECT_EQ(world_.Count("SELECT count(*) FROM outbox WHERE type LIKE '%AgreementChanged'"), 6);
  for (const char* word : {"Martin", "Dufour", "boulangerie.example", "Observer"}) {
    EXPECT_EQ(world_.Count(absl::StrCat("SELECT count(*) FROM outbox WHERE position('", word,
                                        "'::bytea IN payload) > 0")
                               .c_str()),
              0);
  }
}

TEST_F(AgreementFlowTest, EveryPartyIsToldWhereItIsKnownToBe) {
  const std::string booking = ConfirmedMinor();
  Submitted(booking, WithSchool());
  std::vector<std::string> told;
  for (const OutgoingLink& link : sender_.links()) {
    EXPECT_EQ(link.kind, LinkKind::kSignature);
    EXPECT_EQ(link.resource, booking);
    EXPECT_EQ(link.secret.size(), 22u);
    told.push_back(link.party.empty() ? link.email : link.party);
    // Nobody signs for their own guardian.
    EXPECT_EQ(link.applicant, link.email == "paule@parent.example" ? "people/zoe" : "");
  }
  EXPECT_THAT(told, UnorderedElementsAre("people/zoe", "companies/90000001900019",
                                         "paule@parent.example", "claire@college.example"));
  const auto seen = Get(World::Host(), booking);
  ASSERT_TRUE(seen.ok());
  for (const auto& signatory : seen->signatories()) EXPECT_TRUE(signatory.has_tell_time());
}

TEST_F(AgreementFlowTest, EachRefusalToBeginHasItsReason) {
  const std::string booking = Confirmed();
  ASSERT_TRUE(Create(World::Host(), booking, Complete()).ok());
  EXPECT_EQ(ErrorReasonOf(Create(World::Host(), booking, Complete()).status()), "AGREEMENT_EXISTS");
  const auto pending = world_.Book("bob", world_.AddSession(1));
  ASSERT_TRUE(pending.ok());
  EXPECT_EQ(ErrorReasonOf(Create(World::Host(), pending->name(), Complete()).status()),
            "BOOKING_NOT_CONFIRMED");
  const std::string talk = Confirmed("eva");
  world_.Execute(
      absl::StrCat("UPDATE bookings SET agreement_needed = false, scheme = 'MEETING' "
                   "WHERE id = '",
                   talk.substr(9), "'"));
  EXPECT_EQ(ErrorReasonOf(Create(World::Host(), talk, Complete()).status()),
            "AGREEMENT_NOT_NEEDED");
  const std::string late = Confirmed("lea");
  world_.clock().Advance(absl::Hours(49));
  EXPECT_EQ(ErrorReasonOf(Create(World::Host(), late, Complete()).status()), "SESSION_PAST");
  EXPECT_EQ(ErrorReasonOf(Create(World::Host(), "bookings/" + NewId(), Complete()).status()),
            "RESOURCE_NOT_FOUND");
}

TEST_F(AgreementFlowTest, SubmittingNamesEverythingThatIsMissing) {
  const std::string booking = ConfirmedMinor();
  Content content = Complete();
  content.mutable_young()->clear_emergency_phone();
  content.mutable_tutor()->clear_function();
  content.mutable_insurance()->clear_host_policy();
  content.mutable_school()->set_name("Collège du Val");
  // One mailbox for two parties would let one person sign for both.
  content.mutable_school()->set_referent_email("Marc+ecole@Boulangerie.example");
  ASSERT_TRUE(Create(World::Pupil("zoe"), booking, content).ok());
  const auto refused = Submit(booking);
  EXPECT_EQ(ErrorReasonOf(refused.status()), "AGREEMENT_INCOMPLETE");
  EXPECT_THAT(FieldsOf(refused.status()),
              ElementsAre("content.young.emergency_phone", "content.tutor.function",
                          "content.school.referent_name", "content.school.referent_email",
                          "content.insurance.host_policy"));
  EXPECT_EQ(StateOf(booking), "DRAFT");
}

TEST_F(AgreementFlowTest, AMinorsGuardianIsTheOneOnFile) {
  const std::string booking = ConfirmedMinor();
  const auto created = Create(World::Pupil("zoe"), booking, Complete());
  ASSERT_TRUE(created.ok());
  EXPECT_EQ(created->content().guardian().email(), "paule@parent.example");
  Content forged = created->content();
  forged.mutable_guardian()->set_email("copain@zoe.example");
  ASSERT_TRUE(Update(World::Pupil("zoe"), booking, forged).ok());
  const auto refused = Submit(booking, World::Pupil("zoe"));
  EXPECT_EQ(ErrorReasonOf(refused.status()), "AGREEMENT_INCOMPLETE");
  EXPECT_THAT(FieldsOf(refused.status()), ElementsAre("content.guardian.email"));
}

TEST_F(AgreementFlowTest, HoursThatTheRulesForbidCannotBeSubmitted) {
  const std::string booking = Confirmed();
  const auto created = Create(World::Host(), booking, Complete());
  ASSERT_TRUE(created.ok());
  Content content = created->content();
  auto* day = content.mutable_stay()->mutable_schedule(0);
  day->set_start("00:00");
  day->set_end("12:00");
  day->set_break_minutes(30);
  ASSERT_TRUE(Update(World::Host(), booking, content).ok());
  const auto refused = Submit(booking);
  EXPECT_EQ(ErrorReasonOf(refused.status()), "NOT_ELIGIBLE");
  const auto details = GetErrorDetails(refused.status());
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ(details->preconditions.at(0).type, "hours-per-day");
  EXPECT_EQ(details->message_fr, "Les journées sont trop longues.");
}

TEST_F(AgreementFlowTest, DaysOutsideTheStayAreRefused) {
  const std::string booking = Confirmed();
  const auto created = Create(World::Host(), booking, Complete());
  ASSERT_TRUE(created.ok());
  Content content = created->content();
  auto* day = content.mutable_stay()->add_schedule();
  day->set_day("2099-01-01");
  day->set_start("09:00");
  day->set_end("10:00");
  const auto refused = Update(World::Host(), booking, content);
  EXPECT_TRUE(absl::IsInvalidArgument(refused.status()));
  EXPECT_THAT(absl::StrJoin(FieldsOf(refused.status()), " "), HasSubstr("stay.schedule["));
}

TEST_F(AgreementFlowTest, AnEditClearsAllSignaturesAndEveryLink) {
  const std::string booking = ConfirmedMinor();
  const std::string hash = Submitted(booking, WithSchool());
  ASSERT_TRUE(SignAsApplicant("zoe", booking, hash).ok());
  ASSERT_TRUE(SignFrom("paule@parent.example", hash).ok());
  const std::string old_link = Token("claire@college.example");
  const auto seen = Get(World::Host(), booking);
  Content content = seen->content();
  content.mutable_stay()->set_activities("Observer et goûter.");
  const auto edited = Update(World::Host(), booking, content);
  ASSERT_TRUE(edited.ok()) << edited.status();
  EXPECT_EQ(edited->state(), pb::Agreement::STATE_DRAFT);
  EXPECT_EQ(edited->document_hash(), "");
  EXPECT_THAT(edited->signatories(), IsEmpty());
  EXPECT_EQ(ErrorReasonOf(RequestCodeByLink(old_link)), "LINK_UNKNOWN");
  // Submitted again all sign anew, another text.
  const auto again = Submit(booking);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_NE(again->document_hash(), hash);
  for (const auto& signatory : again->signatories()) EXPECT_FALSE(signatory.has_sign_time());
  EXPECT_EQ(Tell().told, 4);
  // What was signed then is still known.
  EXPECT_EQ(world_.Count(absl::StrCat("SELECT count(*) FROM agreement_history WHERE action = "
                                      "'SIGNED' AND document_hash = '",
                                      hash, "'")
                             .c_str()),
            2);
  ExpectSound();
}

TEST_F(AgreementFlowTest, AnEditDuringTheReviewTakesItBackToTheDraft) {
  const std::string booking = InReview();
  ASSERT_TRUE(Step(Agent("agent-1"), booking, &AgreementService::Recommend).ok());
  const auto edited = Update(World::Pupil("ana"), booking, Complete());
  ASSERT_TRUE(edited.ok()) << edited.status();
  EXPECT_EQ(edited->state(), pb::Agreement::STATE_DRAFT);
  EXPECT_FALSE(edited->has_recommendation());
  ExpectSound();
}

TEST_F(AgreementFlowTest, AMaskWritesWhatItNamesAndLeavesTheRest) {
  const std::string booking = Confirmed();
  ASSERT_TRUE(Create(World::Pupil("ana"), booking, Complete()).ok());
  Content tutor;
  tutor.mutable_tutor()->set_name("Nadia Nouvelle");
  tutor.mutable_stay()->set_meals("Offerts.");
  const auto updated =
      Update(World::Host(), booking, tutor, {"content.tutor.name", "content.stay.meals"});
  ASSERT_TRUE(updated.ok()) << updated.status();
  Content expected = Complete();
  expected.mutable_tutor()->set_name("Nadia Nouvelle");
  expected.mutable_stay()->set_meals("Offerts.");
  *expected.mutable_stay()->mutable_schedule() = updated->content().stay().schedule();
  expected.mutable_guardian();
  expected.mutable_school();
  EXPECT_EQ(updated->content().DebugString(), expected.DebugString());
}

TEST_F(AgreementFlowTest, AnOldEtagIsRefused) {
  const std::string booking = Confirmed();
  const auto created = Create(World::Host(), booking, Complete());
  ASSERT_TRUE(created.ok());
  ASSERT_TRUE(Update(World::Host(), booking, Complete(), {}, created->etag()).ok());
  const auto late = Update(World::Host(), booking, Complete(), {}, created->etag());
  EXPECT_TRUE(absl::IsAborted(late.status()));
  EXPECT_EQ(ErrorReasonOf(late.status()), "ETAG_MISMATCH");
  EXPECT_EQ(ErrorReasonOf(Step(World::Host(), booking, &AgreementService::Submit, "v1").status()),
            "ETAG_MISMATCH");
}

TEST_F(AgreementFlowTest, FourEyesValidate) {
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

TEST_F(AgreementFlowTest, TheChamberRejectsAtEitherStepAndReturnsWhatMustChange) {
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

TEST_F(AgreementFlowTest, WhatAPartyMayNotDoIsRefused) {
  const std::string booking = InReview();
  for (const auth::Caller& caller : {World::Pupil("ana"), World::Host()}) {
    EXPECT_EQ(ErrorReasonOf(Step(caller, booking, &AgreementService::Recommend).status()),
              "ROLE_MISSING");
    EXPECT_EQ(ErrorReasonOf(Step(caller, booking, &AgreementService::Cancel).status()),
              "ROLE_MISSING");
  }
  EXPECT_EQ(ErrorReasonOf(RequestCode(Agent("agent-1"), booking)), "ROLE_MISSING");
}

TEST_F(AgreementFlowTest, ForAllOthersItDoesNotExist) {
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

TEST_F(AgreementFlowTest, ABookingThatEndsTakesItsAgreementWithIt) {
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

TEST_F(AgreementFlowTest, WithoutAValidatedAgreementAtTheStartThereIsNoStay) {
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

TEST_F(AgreementFlowTest, ManyReplicasExpireAnAgreementOnce) {
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

TEST_F(AgreementFlowTest, ASessionThatMovesTakesItsAgreementBackToTheDraft) {
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

TEST_F(AgreementFlowTest, TheChamberTakesBackWhatItValidated) {
  const std::string booking = Validated();
  const auto cancelled = Step(Agent("agent-3"), booking, &AgreementService::Cancel);
  ASSERT_TRUE(cancelled.ok()) << cancelled.status();
  EXPECT_EQ(cancelled->state(), pb::Agreement::STATE_CANCELLED);
  EXPECT_EQ(ValidatedInLedger(booking), 0);
  world_.clock().Advance(absl::Hours(48) + absl::Seconds(1));
  world_.ReviewDue();
  EXPECT_EQ(world_.Get(World::Pupil("ana"), booking).state_reason(), "AGREEMENT_MISSING");
}

TEST_F(AgreementFlowTest, BothSidesReportOnceTheStayIsOver) {
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

TEST_F(AgreementFlowTest, ADraftShowsWhatWouldBeSignedAndTheSameVersionTheSameBytes) {
  const std::string booking = Confirmed();
  ASSERT_TRUE(Create(World::Host(), booking, Complete()).ok());
  const auto draft = Document(World::Pupil("ana"), booking);
  ASSERT_TRUE(draft.ok()) << draft.status();
  EXPECT_EQ(draft->content_type(), "application/pdf");
  EXPECT_EQ(draft->content().substr(0, 5), "%PDF-");
  EXPECT_EQ(draft->document_hash(), "");
  world_.clock().Advance(absl::Minutes(90));
  EXPECT_TRUE(Document(World::Host(), booking)->content() == draft->content());
  const auto submitted = Submit(booking);
  const auto paper = Document(World::Pupil("ana"), booking);
  ASSERT_TRUE(paper.ok());
  EXPECT_EQ(paper->document_hash(), submitted->document_hash());
  EXPECT_FALSE(paper->content() == draft->content());
  world_.Execute("DELETE FROM applicants");
  // A text that is fixed stays as it is, whatever becomes of the profile.
  EXPECT_TRUE(Document(World::Pupil("ana"), booking)->content() == paper->content());
}

TEST_F(AgreementFlowTest, AReplayedRequestGetsItsFirstAnswer) {
  const std::string booking = Confirmed();
  const std::string request_id = NewId();
  const auto first = Create(World::Host(), booking, Complete(), request_id);
  ASSERT_TRUE(first.ok());
  ASSERT_TRUE(Update(World::Host(), booking, WithSchool()).ok());
  const auto again = Create(World::Host(), booking, Complete(), absl::AsciiStrToUpper(request_id));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(ErrorReasonOf(Create(World::Host(), booking, WithSchool(), request_id).status()),
            "REQUEST_ID_REUSED");
  // One request from many callers at once has one effect.
  const std::string submit_id = NewId();
  std::atomic<int> good = 0;
  AllAtOnce(8, [&](int) {
    good += Step(World::Host(), booking, &AgreementService::Submit, "", submit_id).ok() ? 1 : 0;
  });
  EXPECT_EQ(good, 8);
  EXPECT_EQ(HistoryRows("SUBMITTED"), 1);
}

TEST_F(AgreementFlowTest, ListsShowTheCallersOwnPageByPage) {
  std::vector<std::string> names;
  for (int i = 0; i < 5; ++i) {
    const std::string booking = Confirmed(absl::StrCat("eleve-", i));
    ASSERT_TRUE(Create(World::Host(), booking, Complete()).ok());
    names.insert(names.begin(), booking + "/agreement");
  }
  const auto list = [&](const auth::Caller& caller, int size) {
    std::vector<std::string> listed;
    pb::ListAgreementsRequest request;
    request.set_page_size(size);
    do {
      const auto page = service_.List(*As(caller), request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      for (const pb::Agreement& agreement : page->agreements()) {
        listed.push_back(agreement.name());
        EXPECT_FALSE(agreement.has_content());
      }
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return listed;
  };
  EXPECT_EQ(list(World::Host(), 2), names);
  EXPECT_THAT(list(World::Pupil("eleve-4"), 2), ElementsAre(names[0]));
  EXPECT_EQ(world_.Count("SELECT count(*) FROM foreign_reads"), 0);
  EXPECT_EQ(list(Agent("agent-1"), 3), names);
  // The agency's look is kept with each booking whose agreement was shown.
  EXPECT_EQ(world_.Count("SELECT count(DISTINCT booking_id) FROM foreign_reads "
                         "WHERE person = 'people/agent-1'"),
            5);
  EXPECT_THAT(list(World::Agency("76"), 2), IsEmpty());
  EXPECT_THAT(list(World::Pupil("personne"), 2), IsEmpty());
  pb::ListAgreementsRequest in_review;
  in_review.add_states(pb::Agreement::STATE_IN_REVIEW);
  EXPECT_THAT(service_.List(*As(Agent("agent-1")), in_review)->agreements(), IsEmpty());
}

TEST_F(AgreementFlowTest, TheHistoryTellsWhoDidWhatAndIsOnlyEverAddedTo) {
  const std::string booking = Validated();
  const auto steps = [&](const auth::Caller& caller) {
    const auto history = History(caller, booking);
    EXPECT_TRUE(history.ok()) << history.status();
    std::vector<std::string> told;
    if (!history.ok()) return told;
    for (const auto& entry : history->entries()) {
      if (entry.from_state() == pb::Agreement::STATE_UNSPECIFIED) continue;
      told.push_back(absl::StrCat(entry.action(), " ", entry.person()));
    }
    return told;
  };
  EXPECT_THAT(steps(Agent("agent-3")),
              ElementsAre("SUBMITTED people/hote-90000001900019", "SIGNED people/ana",
                          "SIGNED people/hote-90000001900019", "RECOMMENDED people/agent-1",
                          "VALIDATED people/agent-2"));
  // Who does it at the chamber and at the host's is for neither of the others to know.
  EXPECT_THAT(steps(World::Pupil("ana")), ElementsAre("SUBMITTED ", "SIGNED people/ana", "SIGNED ",
                                                      "RECOMMENDED ", "VALIDATED "));
  EXPECT_THAT(steps(World::Host()),
              ElementsAre("SUBMITTED people/hote-90000001900019", "SIGNED ",
                          "SIGNED people/hote-90000001900019", "RECOMMENDED ", "VALIDATED "));
  for (const char* change :
       {"UPDATE agreement_history SET action = 'SEEN'", "DELETE FROM agreement_history",
        "UPDATE agreement_history SET person = 'people/autre'"}) {
    const absl::Status status =
        world_.pool().Write(absl::Now() + absl::Seconds(10), [&](database::Transaction& change_it) {
          change_it.raw().exec(change);
          return absl::OkStatus();
        });
    EXPECT_FALSE(status.ok()) << change;
  }
}

TEST_F(AgreementFlowTest, WhoIsErasedGoesOutOfTheAgreementAndTheCountsStay) {
  const std::string booking = ConfirmedMinor("zoe-canari");
  Content content = WithSchool();
  content.mutable_young()->set_given_name("Canari");
  content.mutable_stay()->set_activities("Canari observe.");
  const std::string hash = Submitted(booking, content);
  ASSERT_TRUE(SignAsApplicant("zoe-canari", booking, hash).ok());
  PrivacyService service(&world_.pool(), &world_.clock(), nullptr);
  const auto exported =
      world_.pool().Read(absl::Now() + absl::Seconds(10), [](database::Transaction& transaction) {
        return privacy::ReadPersonalData(transaction, BookingRegister(), "people/zoe-canari");
      });
  ASSERT_TRUE(exported.ok()) << exported.status();
  EXPECT_THAT(exported->DebugString(), HasSubstr("Canari observe."));
  // Who else stands in the agreement is nobody whom she asks about.
  for (const std::string& other :
       {content.tutor().name(), content.tutor().email(), content.school().referent_name(),
        content.school().referent_email(), World::Host().subject}) {
    ASSERT_FALSE(other.empty());
    EXPECT_THAT(exported->DebugString(), Not(HasSubstr(other)));
  }
  pb::ErasePersonRequest erase;
  erase.set_name("people/me");
  erase.set_request_id(NewId());
  ASSERT_TRUE(service.Erase(*As(World::Pupil("zoe-canari")), erase).ok());
  world_.ReviewDue();
  Tell();
  Erasures erasures(&world_.pool(), &world_.clock(), nullptr);
  ASSERT_EQ(erasures.RunOnce().value_or(-1), 1);
  for (const auto& table : PersonalTables()) {
    for (const char* trace : {"zoe-canari", "Canari", "paule@parent.example"}) {
      EXPECT_EQ(world_.Count(absl::StrCat("SELECT count(*) FROM ", table.table,
                                          " AS t WHERE to_jsonb(t)::text LIKE '%", trace, "%'")
                                 .c_str()),
                0)
          << table.table << " " << trace;
    }
  }
  // That there was one, and which text was signed, stays.
  EXPECT_EQ(StateOf(booking), "CANCELLED");
  EXPECT_EQ(world_.Count(
                absl::StrCat("SELECT count(*) FROM agreements WHERE document_hash = '", hash, "'")
                    .c_str()),
            1);
  EXPECT_EQ(ErrorReasonOf(Document(World::Host(), booking).status()), "RESOURCE_NOT_FOUND");
}

TEST_F(AgreementFlowTest, AgreementsLoseTheirNamesWhenTheTimeOfTheirSchemeIsOver) {
  const std::string booking = Validated();
  world_.clock().Advance(absl::Hours(51));
  ASSERT_TRUE(Report(World::Pupil("ana"), booking).ok());
  Retention retention(&world_.pool(), &world_.clock(), world_.terms().rules, absl::Hours(24 * 1095),
                      absl::Hours(24 * 4000));
  world_.clock().Advance(world_.terms().rules->Retention(Scheme::kMiniStageCci));
  const auto report = retention.RunOnce();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->bookings, 1);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM agreements WHERE content <> '' OR document <> ''"),
            0);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM agreement_reports"), 0);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM agreement_answers"), 0);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM agreement_signatories WHERE display_name <> '' OR "
                         "email <> '' OR signed_by = 'people/ana'"),
            0);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM agreement_history WHERE person = 'people/ana'"), 0);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM agreements WHERE document_hash <> ''"), 1);
  world_.clock().Advance(absl::Hours(24 * 4000));
  const auto later = retention.RunOnce();
  ASSERT_TRUE(later.ok()) << later.status();
  for (const char* table : {"agreements", "agreement_history", "agreement_signatories"}) {
    EXPECT_EQ(world_.Count(absl::StrCat("SELECT count(*) FROM ", table).c_str()), 0) << table;
  }
}

TEST_F(AgreementFlowTest, AllWrongFieldsAreNamedAtOnce) {
  pb::UpdateAgreementRequest request;
  request.mutable_agreement()->set_name("bookings/1/agreement");
  request.mutable_agreement()->set_etag(std::string(65, 'x'));
  Content& content = *request.mutable_agreement()->mutable_content();
  content.mutable_young()->set_given_name(std::string(81, 'x'));
  content.mutable_guardian()->set_email("pas une adresse");
  content.mutable_guardian()->set_phone("12");
  content.mutable_tutor()->set_name("Marc\r\nBcc: tous@x");
  content.mutable_school()->set_uai("0610001A");
  content.mutable_stay()->set_profession("X1");
  content.mutable_stay()->set_activities(std::string(2001, 'x'));
  auto* day = content.mutable_stay()->add_schedule();
  day->set_day("2026-02-30");
  day->set_start("9h");
  day->set_end("25:00");
  request.mutable_update_mask()->add_paths("state");
  request.mutable_update_mask()->add_paths("content.inconnu");
  request.set_request_id("1");
  Violations violations;
  ValidateUpdateAgreement(request, violations);
  EXPECT_THAT(
      FieldsOf(violations.ToStatus()),
      UnorderedElementsAre("agreement.name", "agreement.etag", "agreement.content.young.given_name",
                           "agreement.content.guardian.email", "agreement.content.guardian.phone",
                           "agreement.content.tutor.name", "agreement.content.school.uai",
                           "agreement.content.stay.profession", "agreement.content.stay.activities",
                           "agreement.content.stay.schedule[0].day",
                           "agreement.content.stay.schedule[0].start",
                           "agreement.content.stay.schedule[0].end", "update_mask.paths[0]",
                           "update_mask.paths[1]", "request_id"));
}

}  // namespace
}  // namespace dm::booking
