#include "common/events/outbox.h"
#include "common/text/uuid.h"
#include "destinationmetier/event/v1/booking_events.pb.h"
#include "destinationmetier/event/v1/offer_events.pb.h"
#include "destinationmetier/event/v1/person_events.pb.h"
#include "services/catalogue/api/moderation_api.h"
#include "services/catalogue/api/moderation_validation.h"
#include "services/catalogue/feeds/erasure_feed.h"
#include "services/catalogue/jobs/ban_ends.h"
#include "services/catalogue/store/offer_records.h"
#include "services/catalogue/store/offer_writes.h"
#include "services/catalogue/store/personal_data.h"
#include "tests/integration/catalogue/catalogue_world.h"

#include <set>
#include <thread>

namespace dm::catalogue {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// What columns that name people are called: their tables are in the register of what is shown.
const std::set<std::string> kPersonColumns = {"person", "reporter",     "reader",
                                              "caller", "banned_by",    "lifted_by",
                                              "owner",  "cancelled_by", "resolved_by"};
constexpr char kLemoine[] = "00061001400011";
constexpr char kWhy[] = "Trois familles ont signalé un travail dissimulé.";

constexpr database::Statement kOutbox{"test_outbox",
                                      "SELECT type, subject, payload FROM outbox ORDER BY seq"};
constexpr database::Statement kPublished{
    "test_published", "SELECT id FROM offers WHERE siret = '00061001400011' AND published"};
constexpr database::Statement kSuspended{
    "test_suspended",
    "SELECT FROM offers o JOIN offer_transitions t ON (t.offer_id, t.version) = (o.id, o.version) "
    "WHERE siret = '00061001400011' AND o.state = 4 AND NOT o.published AND t.from_state = 3 AND "
    "t.to_state = 4 AND t.party = 'SYSTEM' AND t.why = 'COMPANY_BANNED'"};

class ModerationTest : public CatalogueTest {
 protected:
  ModerationTest() {
    ImportSeed();
    wakes_ = 0;
  }

  // A call of somebody.
  struct As : rpc::Call {
    As(const std::string& subject, auth::Role role, const std::string& territory = "") {
      OpenCall(*this, {auth::Role::kAnonymous, role});
      caller.subject = subject;
      if (!territory.empty()) caller.territory = {territory};
      method = "/destinationmetier.catalogue.v1.ModerationService/Test";
    }
  };

  static pb::BanCompanyRequest BanRequest(const std::string& request_id = NewUuid(absl::Now())) {
    pb::BanCompanyRequest request;
    request.set_name(absl::StrCat("companies/", kLemoine));
    request.set_justification(kWhy);
    request.set_request_id(request_id);
    return request;
  }
  static pb::LiftCompanyBanRequest LiftRequest() {
    pb::LiftCompanyBanRequest request;
    request.set_name(absl::StrCat("companies/", kLemoine));
    request.set_request_id(NewUuid(absl::Now()));
    return request;
  }

  std::string AnOffer() {
    const auto rows = Ask(kPublished);
    return absl::StrCat("offers/", rows[0]["id"].c_str());
  }

  pb::ReportOfferRequest ReportRequest(const std::string& offer) const {
    pb::ReportOfferRequest request;
    request.set_name(offer);
    request.set_ground(pb::OfferReport::GROUND_DANGEROUS);
    request.set_text("La scie de M. Martin n'a pas de carter.");
    request.set_request_id(NewUuid(absl::Now()));
    return request;
  }

  int Found() {
    CatchUp();
    pb::SearchOffersRequest request;
    request.add_companies(kLemoine);
    const auto found = api_.SearchOffers(call_, request);
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() ? static_cast<int>(found->total_size()) : -1;
  }

  // In no event, no answer that is kept.
  void ExpectNowhere(const std::string& words) {
    for (const pqxx::row& row : Ask(kOutbox)) {
      EXPECT_THAT(database::FromBytea(row["payload"]), Not(HasSubstr(words)));
    }
    for (const pqxx::row& row : Ask({"test_answers", "SELECT answer FROM answered_requests"})) {
      EXPECT_THAT(database::FromBytea(row["answer"]), Not(HasSubstr(words)));
    }
  }

  void Execute(const std::string& sql) {
    const absl::Status status =
        owner_->Write(absl::Now() + absl::Seconds(30), [&](database::Transaction& transaction) {
          transaction.raw().exec(sql);
          return absl::OkStatus();
        });
    ASSERT_TRUE(status.ok()) << status;
  }

  ModerationApi moderation_{database_.get(), &page_tokens_, &clock_, [this] { ++wakes_; }};
  As agency_{"agence-61", auth::Role::kAgency, "61"};
  As pupil_{"eleve", auth::Role::kApplicant};
};

TEST_F(ModerationTest, ABanSuspendsWhatIsPublishedAndTellsIt) {
  const auto published = static_cast<int64_t>(Ask(kPublished).size());
  ASSERT_GT(published, 0);
  ASSERT_GT(Found(), 0);
  const int64_t before = Events("OfferChanged");
  const auto ban = moderation_.BanCompany(agency_, BanRequest());
  ASSERT_TRUE(ban.ok()) << ban.status();
  EXPECT_EQ(ban->justification(), kWhy);
  EXPECT_EQ(ban->start_time().seconds(), absl::ToUnixSeconds(clock_.Now()));
  EXPECT_EQ(Ask(kPublished).size(), 0u);
  EXPECT_EQ(static_cast<int64_t>(Ask(kSuspended).size()), published);
  EXPECT_EQ(Events("OfferChanged"), before + published);
  EXPECT_EQ(wakes_, 1);
  EXPECT_EQ(Found(), 0);
  ExpectNowhere("familles");
}

TEST_F(ModerationTest, ARepeatedBanGetsTheFirstAnswerAlsoAfterItWasLifted) {
  const pb::BanCompanyRequest request = BanRequest();
  const auto first = moderation_.BanCompany(agency_, request);
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_TRUE(moderation_.LiftBan(agency_, LiftRequest()).ok());
  const auto again = moderation_.BanCompany(agency_, request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  pb::BanCompanyRequest other = request;
  other.set_justification("Une toute autre raison, tout aussi longue.");
  EXPECT_EQ(ErrorReasonOf(moderation_.BanCompany(agency_, other).status()), "REQUEST_ID_REUSED");
}

TEST_F(ModerationTest, OfAgenciesThatBanAtOnceTheFirstOneCounts) {
  std::vector<std::thread> agencies;
  std::vector<absl::StatusOr<pb::CompanyBan>> bans(6, absl::UnknownError(""));
  for (size_t i = 0; i < bans.size(); ++i) {
    agencies.emplace_back([&, i] {
      pb::BanCompanyRequest request = BanRequest();
      request.set_justification(absl::StrCat(kWhy, " ", i));
      bans[i] = moderation_.BanCompany(As(absl::StrCat("agence-", i), auth::Role::kAgency, "61"),
                                       request);
    });
  }
  for (std::thread& agency : agencies) agency.join();
  std::set<std::string> justifications;
  for (const auto& ban : bans) {
    ASSERT_TRUE(ban.ok()) << ban.status();
    justifications.insert(ban->justification());
  }
  EXPECT_EQ(justifications.size(), 1u);
  EXPECT_EQ(Ask({"test_bans", "SELECT FROM company_bans"}).size(), 1u);
}

TEST_F(ModerationTest, DecisionsOnACompanyAreForItsAgencyAndOperators) {
  As host{"hote", auth::Role::kAgency, "14"};
  host.caller.roles.Add(auth::Role::kHost);
  host.caller.companies = {kLemoine};
  const As elsewhere{"agence-14", auth::Role::kAgency, "14"};
  const int64_t before = Events("OfferChanged");
  for (const As* call : {static_cast<const As*>(&host), &elsewhere}) {
    EXPECT_EQ(moderation_.BanCompany(*call, BanRequest()).status().code(),
              absl::StatusCode::kNotFound);
    EXPECT_EQ(moderation_.LiftBan(*call, LiftRequest()).status().code(),
              absl::StatusCode::kNotFound);
  }
  pb::BanCompanyRequest unknown = BanRequest();
  unknown.set_name("companies/73282932000074");
  EXPECT_EQ(moderation_.BanCompany(operator_, unknown).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(moderation_.LiftBan(agency_, LiftRequest()).status().code(),
            absl::StatusCode::kNotFound)
      << "there is no ban";
  EXPECT_EQ(Events("OfferChanged"), before);
  EXPECT_TRUE(moderation_.BanCompany(agency_, BanRequest()).ok());
}

TEST_F(ModerationTest, LiftingABanPublishesNothing) {
  ASSERT_TRUE(moderation_.BanCompany(agency_, BanRequest()).ok());
  const auto lifted = moderation_.LiftBan(agency_, LiftRequest());
  ASSERT_TRUE(lifted.ok()) << lifted.status();
  EXPECT_TRUE(lifted->has_lift_time());
  EXPECT_EQ(lifted->justification(), kWhy);
  clock_.Set(clock_.Now() + absl::Hours(1));
  const auto again = moderation_.LiftBan(agency_, LiftRequest());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), lifted->SerializeAsString());
  EXPECT_EQ(Ask(kPublished).size(), 0u);
  EXPECT_EQ(Ask({"test_banned", "SELECT FROM companies WHERE banned"}).size(), 0u);
  EXPECT_TRUE(moderation_.BanCompany(agency_, BanRequest()).ok());
}

TEST_F(ModerationTest, ABanWithAnEndIsLiftedByItselfOnceItHasCome) {
  pb::BanCompanyRequest request = BanRequest();
  request.mutable_end_time()->set_seconds(absl::ToUnixSeconds(clock_.Now()) - 1);
  EXPECT_EQ(ErrorReasonOf(moderation_.BanCompany(agency_, request).status()), "INVALID_FIELDS");
  request.mutable_end_time()->set_seconds(absl::ToUnixSeconds(clock_.Now()) + 3600);
  ASSERT_TRUE(moderation_.BanCompany(agency_, request).ok());
  BanEnds ends(database_.get(), &clock_, [this] { ++wakes_; });
  const auto lift = [&] {
    const auto lifted = ends.LiftNow(absl::Now() + absl::Minutes(1));
    EXPECT_TRUE(lifted.ok()) << lifted.status();
    return lifted.value_or(-1);
  };
  clock_.Set(clock_.Now() + absl::Minutes(59));
  EXPECT_EQ(lift(), 0);
  clock_.Set(clock_.Now() + absl::Minutes(1));
  EXPECT_EQ(lift(), 1);
  EXPECT_EQ(lift(), 0);
  EXPECT_EQ(Ask({"test_lifted", "SELECT FROM company_bans WHERE lifted_by = 'system'"}).size(), 1u);
  EXPECT_EQ(Ask({"test_banned", "SELECT FROM companies WHERE banned"}).size(), 0u);
  EXPECT_EQ(Ask(kPublished).size(), 0u);
}

TEST_F(ModerationTest, ABanWhoseEndHasComeStandsInNobodysWay) {
  pb::BanCompanyRequest request = BanRequest();
  request.mutable_end_time()->set_seconds(absl::ToUnixSeconds(clock_.Now()) + 3600);
  ASSERT_TRUE(moderation_.BanCompany(agency_, request).ok());
  clock_.Set(clock_.Now() + absl::Minutes(61));
  const auto second = moderation_.BanCompany(agency_, BanRequest());
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->start_time().seconds(), absl::ToUnixSeconds(clock_.Now()));
  BanEnds ends(database_.get(), &clock_, nullptr);
  EXPECT_EQ(ends.LiftNow(absl::Now() + absl::Minutes(1)).value_or(-1), 0);
  EXPECT_EQ(Ask({"test_banned", "SELECT FROM companies WHERE banned"}).size(), 1u);
}

TEST_F(ModerationTest, NoOfferThatIsApprovedMeanwhileEscapesABan) {
  const std::string id = AnOffer().substr(7);
  for (int round = 0; round < 8; ++round) {
    Execute(absl::StrCat("UPDATE offers SET state = 2, published = false WHERE id = '", id, "'"));
    std::thread approval([&] {
      const absl::Status status = database_->Write(
          absl::Now() + absl::Seconds(30), [&](database::Transaction& transaction) {
            auto record = LockOffer(transaction, id);
            const auto step =
                DecideOfferStep(record->Name(), record->offer.state, OfferStep::kApprove,
                                OfferParty::kAgency, {.company_banned = record->company.banned});
            if (!step.ok()) return absl::OkStatus();
            OfferWrites writes(&transaction, clock_.Now());
            const absl::Status done =
                writes.Step(&*record, *step, {"people/agence-61", OfferParty::kAgency});
            if (!done.ok()) return done;
            events::AppendToOutbox(transaction, writes.Finish(), "", clock_.Now());
            return absl::OkStatus();
          });
      EXPECT_TRUE(status.ok()) << status;
    });
    const auto ban = moderation_.BanCompany(agency_, BanRequest());
    approval.join();
    ASSERT_TRUE(ban.ok()) << ban.status();
    EXPECT_EQ(Ask(kPublished).size(), 0u) << "an offer of a banned company is published";
    clock_.Set(clock_.Now() + absl::Minutes(1));
    ASSERT_TRUE(moderation_.LiftBan(agency_, LiftRequest()).ok());
  }
}

TEST_F(ModerationTest, APersonHasOneOpenReportOfAnOffer) {
  const pb::ReportOfferRequest request = ReportRequest(AnOffer());
  const auto first = moderation_.ReportOffer(pupil_, request);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->text(), "") << "only the agency reads it";
  EXPECT_EQ(Events("OfferReported"), 1);
  ExpectNowhere("Martin");
  const auto again = moderation_.ReportOffer(pupil_, request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  const auto second = moderation_.ReportOffer(pupil_, ReportRequest(AnOffer()));
  EXPECT_EQ(second.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ErrorReasonOf(second.status()), "OFFER_REPORTED");
  EXPECT_TRUE(
      moderation_.ReportOffer(As("autre", auth::Role::kHost), ReportRequest(AnOffer())).ok());

  pb::ResolveOfferReportRequest resolve;
  resolve.set_name(first->name());
  resolve.set_outcome(pb::OfferReport::OUTCOME_FOUNDED);
  resolve.set_note("Vu avec M. Martin.");
  resolve.set_request_id(NewUuid(absl::Now()));
  const auto resolved = moderation_.ResolveReport(agency_, resolve);
  ASSERT_TRUE(resolved.ok()) << resolved.status();
  EXPECT_EQ(resolved->outcome(), pb::OfferReport::OUTCOME_FOUNDED);
  EXPECT_TRUE(resolved->has_resolve_time());
  const auto replayed = moderation_.ResolveReport(agency_, resolve);
  ASSERT_TRUE(replayed.ok()) << replayed.status();
  EXPECT_EQ(replayed->SerializeAsString(), resolved->SerializeAsString());
  resolve.set_request_id(NewUuid(absl::Now()));
  EXPECT_EQ(ErrorReasonOf(moderation_.ResolveReport(agency_, resolve).status()), "REPORT_RESOLVED");
  ExpectNowhere("Martin");
  EXPECT_TRUE(moderation_.ReportOffer(pupil_, ReportRequest(AnOffer())).ok());
}

TEST_F(ModerationTest, OnlyWhatIsPublishedCanBeReported) {
  const std::string offer = AnOffer();
  ASSERT_TRUE(moderation_.BanCompany(agency_, BanRequest()).ok());
  for (const std::string& name : {offer, absl::StrCat("offers/", NewUuid(absl::Now()))}) {
    EXPECT_EQ(moderation_.ReportOffer(pupil_, ReportRequest(name)).status().code(),
              absl::StatusCode::kNotFound);
  }
}

TEST_F(ModerationTest, AnAgencyReadsTheReportsOfItsTerritoryAndEveryLookIsKept) {
  const std::string offer = AnOffer();
  std::vector<std::string> names;
  for (int i = 0; i < 5; ++i) {
    clock_.Set(clock_.Now() + absl::Minutes(1));
    const auto report = moderation_.ReportOffer(
        As(absl::StrCat("eleve-", i), auth::Role::kApplicant), ReportRequest(offer));
    ASSERT_TRUE(report.ok()) << report.status();
    names.push_back(report->name());
  }
  pb::ResolveOfferReportRequest resolve;
  resolve.set_name(names[1]);
  resolve.set_outcome(pb::OfferReport::OUTCOME_UNFOUNDED);
  resolve.set_request_id(NewUuid(absl::Now()));
  ASSERT_TRUE(moderation_.ResolveReport(agency_, resolve).ok());
  clock_.Set(clock_.Now() + absl::Minutes(1));

  std::vector<std::string> read;
  pb::ListOfferReportsRequest request;
  request.set_page_size(2);
  do {
    const auto page = moderation_.ListReports(agency_, request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const pb::OfferReport& report : page->reports()) {
      read.push_back(report.name());
      EXPECT_THAT(report.text(), HasSubstr("Martin"));
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(read, std::vector<std::string>({names[0], names[2], names[3], names[4], names[1]}));
  EXPECT_EQ(Ask({"test_reads",
                 "SELECT FROM offer_report_reads WHERE reader = "
                 "'people/agence-61'"})
                .size(),
            6u)
      << "five in the list, one that was answered";

  request.Clear();
  request.set_open_only(true);
  EXPECT_EQ(moderation_.ListReports(agency_, request)->reports_size(), 4);
  const As elsewhere{"agence-14", auth::Role::kAgency, "14"};
  EXPECT_EQ(moderation_.ListReports(elsewhere, {})->reports_size(), 0);
  EXPECT_EQ(moderation_.ListReports(operator_, {})->reports_size(), 5);
  resolve.set_name(names[0]);
  EXPECT_EQ(moderation_.ResolveReport(elsewhere, resolve).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(ModerationTest, OfWhoIsErasedNothingIsLeftButThatSomebodyReported) {
  const std::string offer = AnOffer();
  for (const char* subject : {"eleve", "eleve-2"}) {
    ASSERT_TRUE(
        moderation_.ReportOffer(As(subject, auth::Role::kApplicant), ReportRequest(offer)).ok());
  }
  ASSERT_TRUE(moderation_.ListReports(agency_, {}).ok());
  ASSERT_TRUE(moderation_.BanCompany(agency_, BanRequest()).ok());
  std::vector<event::Event> events;
  for (const char* person : {"people/eleve", "people/eleve-2", "people/agence-61"}) {
    event::PersonErased erased;
    erased.set_person(person);
    events.emplace_back().mutable_data()->PackFrom(erased);
  }
  // Each is shown what is kept of them before, and no other person.
  for (const char* person : {"people/eleve", "people/agence-61"}) {
    const auto shown =
        database_->Read(absl::Now() + absl::Seconds(30), [&](database::Transaction& transaction) {
          return privacy::ReadPersonalData(transaction, CatalogueRegister(), person);
        });
    ASSERT_TRUE(shown.ok()) << shown.status();
    EXPECT_GT(shown->tables_size(), 0) << person;
    EXPECT_THAT(shown->DebugString(), Not(HasSubstr("people/eleve-2")));
  }
  for (int twice = 0; twice < 2; ++twice) {
    const absl::Status status =
        database_->Write(absl::Now() + absl::Seconds(30), [&](database::Transaction& transaction) {
          return ApplyErasures(transaction, events).status();
        });
    ASSERT_TRUE(status.ok()) << status;
  }
  EXPECT_EQ(
      Ask({"test_erased", "SELECT FROM offer_reports WHERE text = '' AND reporter LIKE 'erased/%'"})
          .size(),
      2u);
  // Wherever a text of this schema says somebody's name.
  const auto columns = Ask({"test_text_columns",
                            "SELECT table_name, column_name FROM information_schema.columns "
                            "WHERE table_schema = 'catalogue' AND data_type = 'text' AND "
                            "table_name <> 'schema_migrations'"});
  ASSERT_GT(columns.size(), 20);
  std::set<std::string> shown;
  for (const auto& table : CatalogueRegister().tables) shown.insert(table.table);
  for (const pqxx::row& column : columns) {
    const std::string table = column["table_name"].c_str();
    const std::string name = column["column_name"].c_str();
    if (kPersonColumns.count(name) > 0) {
      EXPECT_EQ(shown.count(table), 1u) << table << "." << name;
    }
    const std::string sql = absl::StrCat("SELECT FROM \"", table, "\" WHERE \"", name,
                                         "\" IN ('people/eleve', 'people/eleve-2', "
                                         "'people/agence-61')");
    int64_t found = -1;
    const absl::Status status =
        database_->Read(absl::Now() + absl::Seconds(30), [&](database::Transaction& transaction) {
          found = transaction.raw().exec(sql).size();
          return absl::OkStatus();
        });
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_EQ(found, 0) << table << "." << name;
  }
}

TEST_F(ModerationTest, EveryWrongFieldIsNamed) {
  const auto fields = [](const auto& request) {
    Violations violations;
    Validate(request, violations);
    std::string names;
    if (violations.empty()) return names;
    const std::optional<ErrorDetails> details = GetErrorDetails(violations.ToStatus());
    for (const auto& field : details.value().fields) {
      absl::StrAppend(&names, names.empty() ? "" : " ", field.field);
    }
    return names;
  };
  EXPECT_EQ(fields(BanRequest()), "");
  pb::BanCompanyRequest ban;
  ban.set_justification("Trop court.         \n         ");
  EXPECT_EQ(fields(ban), "name justification request_id");
  ban = BanRequest();
  ban.set_justification(std::string(2001, 'a'));
  EXPECT_EQ(fields(ban), "justification");
  EXPECT_EQ(fields(pb::LiftCompanyBanRequest()), "name request_id");
  EXPECT_EQ(fields(pb::ReportOfferRequest()), "name ground request_id");
  pb::ReportOfferRequest report = ReportRequest(absl::StrCat("offers/", NewUuid(absl::Now())));
  EXPECT_EQ(fields(report), "");
  report.set_ground(pb::OfferReport::GROUND_OTHER);
  report.set_text(" ");
  EXPECT_EQ(fields(report), "text");
  report.set_text(std::string(1001, 'a'));
  EXPECT_EQ(fields(report), "text");
  EXPECT_EQ(fields(pb::ResolveOfferReportRequest()), "name outcome request_id");
  pb::ListOfferReportsRequest list;
  EXPECT_EQ(fields(list), "");
  list.set_offer("offers/1");
  list.set_page_size(-1);
  EXPECT_EQ(fields(list), "offer page_size");
}

}  // namespace
}  // namespace dm::catalogue
