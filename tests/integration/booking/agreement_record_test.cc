// What an agreement leaves behind: papers, lists, its history, and how long names stay.
#include "absl/strings/ascii.h"
#include "services/booking/api/privacy_service.h"
#include "services/booking/privacy/erasures.h"
#include "services/booking/privacy/retention.h"
#include "services/booking/store/personal_data.h"
#include "tests/integration/booking/agreement_world.h"

#include <gmock/gmock.h>

namespace dm::booking {
namespace {

namespace pb = destinationmetier::booking::v1;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using AgreementRecordTest = AgreementTest;

TEST_F(AgreementRecordTest, ADraftShowsWhatWouldBeSignedAndTheSameVersionTheSameBytes) {
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

TEST_F(AgreementRecordTest, AReplayedRequestGetsItsFirstAnswer) {
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

TEST_F(AgreementRecordTest, ListsShowTheCallersOwnPageByPage) {
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

TEST_F(AgreementRecordTest, TheHistoryTellsWhoDidWhatAndIsOnlyEverAddedTo) {
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

TEST_F(AgreementRecordTest, WhoIsErasedGoesOutOfTheAgreementAndTheCountsStay) {
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

TEST_F(AgreementRecordTest, AgreementsLoseTheirNamesWhenTheTimeOfTheirSchemeIsOver) {
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

}  // namespace
}  // namespace dm::booking
