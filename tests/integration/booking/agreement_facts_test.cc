// What agreements owe to facts that change beside them: other stays, guardians, the booking.
#include "common/time/clock.h"
#include "services/booking/api/privacy_service.h"
#include "services/booking/domain/presence.h"
#include "services/booking/store/people_lock.h"
#include "services/booking/store/people_store.h"
#include "tests/integration/booking/agreement_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dm::booking {
namespace {

namespace pb = destinationmetier::booking::v1;
using ::testing::ElementsAre;

class AgreementFactsTest : public AgreementTest {
 protected:
  // Three days from now, at that hour in Paris.
  std::string ConfirmedAt(const std::string& subject, int hour) {
    const absl::Time now = world_.clock().Now();
    const absl::CivilDay day = ParisDayOf(now) + 3;
    const absl::Time start = absl::FromCivil(absl::CivilHour(day) + hour, ParisTimeZone());
    const auto booked = world_.Book(subject, world_.AddSession(1, start - now, true));
    EXPECT_TRUE(booked.ok()) << booked.status();
    return booked->name();
  }

  // An agreement whose one day has these hours and no break.
  void Draft(const std::string& booking, const std::string& start, const std::string& end) {
    const auto created = Create(World::Host(), booking, Complete());
    ASSERT_TRUE(created.ok()) << created.status();
    Content content = created->content();
    ASSERT_EQ(content.stay().schedule_size(), 1);
    auto* day = content.mutable_stay()->mutable_schedule(0);
    day->set_start(start);
    day->set_end(end);
    day->set_break_minutes(0);
    ASSERT_TRUE(Update(World::Host(), booking, content).ok());
  }

  static std::vector<std::string> Broken(const absl::Status& status) {
    std::vector<std::string> rules;
    const auto details = GetErrorDetails(status);
    if (!details.has_value()) return rules;
    for (const auto& precondition : details->preconditions) rules.push_back(precondition.type);
    return rules;
  }
  static std::vector<std::string> FieldsOf(const absl::Status& status) {
    std::vector<std::string> fields;
    const auto details = GetErrorDetails(status);
    if (!details.has_value()) return fields;
    for (const FieldViolation& violation : details->fields) fields.push_back(violation.field);
    return fields;
  }

  // The agency puts another guardian on file.
  void ReplaceGuardian(const std::string& subject, const std::string& email) {
    const std::string person = absl::StrCat("people/", subject);
    const absl::Status put =
        world_.pool().Write(absl::Now() + absl::Seconds(10), [&](database::Transaction& change) {
          LockPeople(change, {person});
          PutGuardians(change,
                       {{.id = NewId(),
                         .person = person,
                         .display_name = "Remi Responsable",
                         .email = email,
                         .version = 2,
                         .bound = true}},
                       world_.clock().Now());
          return absl::OkStatus();
        });
    ASSERT_TRUE(put.ok()) << put;
  }
  void SetAge(const std::string& subject, int years) {
    world_.Execute(absl::StrCat("UPDATE applicants SET birth_date = current_date - interval '",
                                years, " years' WHERE person = 'people/", subject, "'"));
  }
  absl::Status Resend(const std::string& booking, pb::AgreementParty party) {
    pb::ResendSignatureLinkRequest request;
    request.set_name(booking + "/agreement");
    request.set_party(party);
    request.set_request_id(NewId());
    return service_.ResendLink(*As(World::Host(), "Resend"), request).status();
  }
};

TEST_F(AgreementFactsTest, StaysKeepToTheRulesTogether) {
  const std::string morning = ConfirmedAt("ana", 9);
  const std::string afternoon = ConfirmedAt("ana", 14);
  // Seven hours, and the two of a stay of which nothing is agreed yet.
  Draft(morning, "06:00", "13:00");
  EXPECT_THAT(Broken(Submit(morning).status()), ElementsAre("hours-per-day"));
  const auto agreed = Get(World::Host(), morning);
  Content content = agreed->content();
  content.mutable_stay()->mutable_schedule(0)->set_start("08:00");
  ASSERT_TRUE(Update(World::Host(), morning, content).ok());
  ASSERT_TRUE(Submit(morning).ok());
  // Now those five hours count, not the two of the session.
  Draft(afternoon, "14:00", "18:00");
  const auto refused = Submit(afternoon);
  EXPECT_EQ(ErrorReasonOf(refused.status()), "NOT_ELIGIBLE");
  EXPECT_THAT(Broken(refused.status()), ElementsAre("hours-per-day"));
  // What was agreed on for other days than those of the booking counts for nothing.
  world_.Execute(
      absl::StrCat("UPDATE bookings SET start_time = start_time + interval '1 day', "
                   "end_time = end_time + interval '1 day' WHERE id = '",
                   morning.substr(9), "'"));
  EXPECT_TRUE(Submit(afternoon).ok());
}

TEST_F(AgreementFactsTest, AMinorWithoutAGuardianOnFileSignsForNobody) {
  const std::string booking = Confirmed("zoe");
  SetAge("zoe", 15);
  Content content = Complete();
  content.mutable_guardian()->set_name("Zoe Encore");
  content.mutable_guardian()->set_email("autre@zoe.example");
  ASSERT_TRUE(Create(World::Pupil("zoe"), booking, content).ok());
  const auto refused = Submit(booking, World::Pupil("zoe"));
  EXPECT_EQ(ErrorReasonOf(refused.status()), "AGREEMENT_INCOMPLETE");
  EXPECT_THAT(FieldsOf(refused.status()), ElementsAre("content.guardian.email"));
}

TEST_F(AgreementFactsTest, AGuardianWhoIsReplacedCannotSignAnyMore) {
  const std::string booking = ConfirmedMinor();
  const std::string hash = Submitted(booking, Complete());
  const std::string token = Token("paule@parent.example");
  ASSERT_TRUE(RequestCodeByLink(token).ok());
  const std::string code = LastSecret(LinkKind::kSignatureCode, "paule@parent.example");
  ReplaceGuardian("zoe", "remi@parent.example");
  EXPECT_EQ(ErrorReasonOf(RequestCodeByLink(token)), "LINK_UNKNOWN");
  EXPECT_EQ(ErrorReasonOf(SignByLink(token, code, hash).status()), "LINK_UNKNOWN");
  // Nor by another link to the same mailbox, nor with one that was under way.
  world_.clock().Advance(kLinkPause);
  EXPECT_EQ(ErrorReasonOf(Resend(booking, kGuardian)), "AGREEMENT_INCOMPLETE");
  const AgreementDesk::Signer old = {booking.substr(9), AgreementParty::kGuardian};
  AgreementRequest request = {.actor = {},
                              .write = {.caller = "", .request_id = NewId(), .method = "m"},
                              .traceparent = "",
                              .deadline = absl::Now() + absl::Seconds(10)};
  const auto code_bytes = [](const CodeSent&) { return std::string(); };
  const auto bytes = [](const BookingWithAgreement&) { return std::string(); };
  EXPECT_EQ(ErrorReasonOf(desk_.SendCode(request, old, code_bytes).status()),
            "AGREEMENT_INCOMPLETE");
  EXPECT_EQ(ErrorReasonOf(desk_.Sign(request, old, code, hash, bytes).status()),
            "AGREEMENT_INCOMPLETE");
  // The others sign, and the text is put right.
  EXPECT_TRUE(SignAsTutor(booking, hash).ok());
  Content content = Get(World::Host(), booking)->content();
  content.mutable_guardian()->set_email("remi@parent.example");
  ASSERT_TRUE(Update(World::Host(), booking, content).ok());
  const auto submitted = Submit(booking);
  ASSERT_TRUE(submitted.ok()) << submitted.status();
  Tell();
  EXPECT_TRUE(SignFrom("remi@parent.example", submitted->document_hash()).ok());
}

TEST_F(AgreementFactsTest, TheChamberPassesNoTextWhoseGuardianIsNotTheOneOnFile) {
  const std::string booking = ConfirmedMinor();
  const std::string hash = Submitted(booking, Complete());
  ASSERT_TRUE(SignFrom("paule@parent.example", hash).ok());
  ASSERT_TRUE(SignAsApplicant("zoe", booking, hash).ok());
  ASSERT_TRUE(SignAsTutor(booking, hash).ok());
  ASSERT_TRUE(Step(Agent("agent-1"), booking, &AgreementService::Recommend).ok());
  ReplaceGuardian("zoe", "remi@parent.example");
  const auto refused = Step(Agent("agent-2"), booking, &AgreementService::Approve);
  EXPECT_TRUE(absl::IsFailedPrecondition(refused.status())) << refused.status();
  EXPECT_EQ(ErrorReasonOf(refused.status()), "AGREEMENT_INCOMPLETE");
  EXPECT_EQ(StateOf(booking), "IN_REVIEW");
  // The same mailbox under another name is the same guardian.
  ReplaceGuardian("zoe", "paule@parent.example");
  EXPECT_TRUE(Step(Agent("agent-2"), booking, &AgreementService::Approve).ok());
}

TEST_F(AgreementFactsTest, WhoTurnsOutToBeAMinorNeedsAGuardiansSignature) {
  const std::string booking = InReview("ana");
  SetAge("ana", 15);
  const auto refused = Step(Agent("agent-1"), booking, &AgreementService::Recommend);
  EXPECT_EQ(ErrorReasonOf(refused.status()), "AGREEMENT_INCOMPLETE");
  EXPECT_THAT(FieldsOf(refused.status()), ElementsAre("content.guardian"));
  // Sent back it is put right.
  EXPECT_TRUE(Step(Agent("agent-1"), booking, &AgreementService::Return).ok());
}

TEST_F(AgreementFactsTest, AStayThatIsBrokenOffLeavesNoAgreementThatSaysItMayTakePlace) {
  const std::string booking = Validated("ana");
  world_.clock().Advance(absl::Hours(48) + absl::Minutes(30));
  world_.ReviewDue();
  PrivacyService privacy(&world_.pool(), &world_.clock(), nullptr);
  pb::ErasePersonRequest erase;
  erase.set_name("people/me");
  erase.set_request_id(NewId());
  ASSERT_TRUE(privacy.Erase(*As(World::Pupil("ana")), erase).ok());
  world_.ReviewDue();
  ASSERT_EQ(world_.Count("SELECT count(*) FROM bookings WHERE state = 'CANCELLED'"), 1);
  Tell();
  EXPECT_EQ(StateOf(booking), "CANCELLED");
  EXPECT_EQ(HistoryRows("BOOKING_ENDED"), 1);
  ExpectSound();
}

}  // namespace
}  // namespace dm::booking
