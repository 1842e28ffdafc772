// An agreement from its draft to its validation: what is written, asked for and refused on the way.
#include "absl/strings/str_join.h"
#include "tests/integration/booking/agreement_world.h"

#include <gmock/gmock.h>

namespace dm::booking {
namespace {

namespace pb = destinationmetier::booking::v1;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

using AgreementDraftTest = AgreementTest;

TEST_F(AgreementDraftTest, ItIsWrittenSignedReviewedAndValidated) {
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

TEST_F(AgreementDraftTest, EveryPartyIsToldWhereItIsKnownToBe) {
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

TEST_F(AgreementDraftTest, EachRefusalToBeginHasItsReason) {
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

TEST_F(AgreementDraftTest, SubmittingNamesEverythingThatIsMissing) {
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

TEST_F(AgreementDraftTest, AMinorsGuardianIsTheOneOnFile) {
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

TEST_F(AgreementDraftTest, HoursThatTheRulesForbidCannotBeSubmitted) {
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

TEST_F(AgreementDraftTest, DaysOutsideTheStayAreRefused) {
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

TEST_F(AgreementDraftTest, AnEditClearsAllSignaturesAndEveryLink) {
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

TEST_F(AgreementDraftTest, AnEditDuringTheReviewTakesItBackToTheDraft) {
  const std::string booking = InReview();
  ASSERT_TRUE(Step(Agent("agent-1"), booking, &AgreementService::Recommend).ok());
  const auto edited = Update(World::Pupil("ana"), booking, Complete());
  ASSERT_TRUE(edited.ok()) << edited.status();
  EXPECT_EQ(edited->state(), pb::Agreement::STATE_DRAFT);
  EXPECT_FALSE(edited->has_recommendation());
  ExpectSound();
}

TEST_F(AgreementDraftTest, AMaskWritesWhatItNamesAndLeavesTheRest) {
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

TEST_F(AgreementDraftTest, AnOldEtagIsRefused) {
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

TEST_F(AgreementDraftTest, AllWrongFieldsAreNamedAtOnce) {
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
