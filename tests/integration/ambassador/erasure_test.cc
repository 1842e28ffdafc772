// An ambassador who goes, and what they are shown of themself before.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/privacy/personal_data_service.h"
#include "common/privacy/receipts.h"
#include "destinationmetier/event/v1/session_events.pb.h"
#include "services/ambassador/api/privacy_api.h"
#include "services/ambassador/store/person_erasure.h"
#include "services/ambassador/store/personal_data.h"
#include "tests/integration/ambassador/ambassador_world.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>

namespace dm::ambassador {
namespace {

using destinationmetier::privacy::v1::Erasure;
using destinationmetier::privacy::v1::PersonalData;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kJeanne[] = "ambassadors/019b8dd0-5780-7615-8c22-1e51d9c1fbd0";
constexpr char kRequest[] = "019b8dd0-5780-7615-8c22-1e51d9c10001";
constexpr char kOtherRequest[] = "019b8dd0-5780-7615-8c22-1e51d9c10002";

class AmbassadorErasureTest : public AmbassadorTest {
 protected:
  AmbassadorErasureTest() {
    ImportSeed();
    OpenCall(jeanne_, {auth::Role::kAnonymous, auth::Role::kAmbassador});
    jeanne_.caller.subject = "jeanne";
    jeanne_.caller.ambassador = "019B8DD0-5780-7615-8C22-1E51D9C1FBD0";
    jeanne_.method = "/destinationmetier.ambassador.v1.PrivacyService/EraseAmbassador";
    OpenCall(agency_, {auth::Role::kAnonymous, auth::Role::kAgency});
    agency_.caller.subject = "agence-76";
    agency_.caller.territory = {"76"};
    OpenCall(colleague_, {auth::Role::kAnonymous, auth::Role::kAmbassador});
    colleague_.caller.subject = "collegue";
    colleague_.caller.ambassador = "019b8dd0-5780-7615-8c22-1e51d9c1fbd1";
    operator_.caller.subject = "operateur";
  }

  absl::StatusOr<Erasure> Erase(const rpc::Call& call, const std::string& request_id = kRequest) {
    pb::EraseAmbassadorRequest request;
    request.set_name(kJeanne);
    request.set_request_id(request_id);
    return privacy_.Erase(call, request);
  }
  absl::StatusOr<Erasure> Receipt(const rpc::Call& call) {
    pb::GetAmbassadorErasureRequest request;
    request.set_name(absl::StrCat(kJeanne, "/erasure"));
    return privacy_.GetReceipt(call, request);
  }
  absl::StatusOr<PersonalData> Show(const rpc::Call& call, const std::string& name = kJeanne) {
    destinationmetier::privacy::v1::GetPersonalDataRequest request;
    request.set_name(name);
    return shown_.Get(call, request);
  }
  // A name stands for one statement.
  int64_t Number(const char* sql) {
    static auto& names = *new std::map<std::string, std::string>;
    const auto name = names.try_emplace(sql, absl::StrCat("test_number_", names.size())).first;
    return Ask({name->second.c_str(), sql})[0][0].as<int64_t>();
  }
  absl::StatusOr<pb::Ambassador> Profile() {
    pb::GetAmbassadorRequest request;
    request.set_name(kJeanne);
    return api_.GetAmbassador(call_, request);
  }

  PrivacyApi privacy_{database_.get(), &clock_, [this] { ++wakes_; }};
  privacy::PersonalDataService shown_{database_.get(), &clock_, &store::AmbassadorRegister(),
                                      store::RecordProfileRead};
  rpc::Call jeanne_;
  rpc::Call agency_;
  rpc::Call colleague_;
};

TEST_F(AmbassadorErasureTest, TakesTheProfileAwayAndCallsOffWhatWasToCome) {
  ASSERT_TRUE(Profile().ok());
  const int64_t to_come = Number(
      "SELECT count(*) FROM sessions WHERE ambassador = "
      "'019b8dd0-5780-7615-8c22-1e51d9c1fbd0'");
  ASSERT_GT(to_come, 0);
  const int64_t before = Number("SELECT seq FROM outbox_counter");
  wakes_ = 0;
  const auto erased = Erase(jeanne_);
  ASSERT_TRUE(erased.ok()) << erased.status();
  EXPECT_EQ(erased->name(), absl::StrCat(kJeanne, "/erasure"));
  EXPECT_EQ(erased->state(), Erasure::STATE_SPREADING);
  EXPECT_GT(erased->kept_records_size(), 0);
  EXPECT_EQ(wakes_, 1);
  EXPECT_EQ(ErrorReasonOf(Profile().status()), "RESOURCE_NOT_FOUND");
  // Whoever booked is told before anybody forgets who it was with.
  const auto news = Ask({"test_news", "SELECT type, payload FROM outbox ORDER BY seq"});
  int64_t closed = 0;
  for (auto row = static_cast<size_t>(before); row < news.size(); ++row) {
    if (!absl::EndsWith(news[row]["type"].c_str(), ".SessionClosed")) continue;
    destinationmetier::event::v1::SessionClosed told;
    ASSERT_TRUE(told.ParseFromString(database::FromBytea(news[row]["payload"])));
    EXPECT_TRUE(told.cancelled());
    ++closed;
  }
  EXPECT_EQ(closed, to_come);
  EXPECT_TRUE(absl::EndsWith(news[news.size() - 1]["type"].c_str(), ".PersonErased"));
  for (const char* trace : {"Jeanne", "Lemoine", "00061001400011"}) {
    const std::string held = absl::StrCat(
        "SELECT count(*) FROM ambassadors a LEFT JOIN sessions s ON s.ambassador = a.id "
        "WHERE a.id = '019b8dd0-5780-7615-8c22-1e51d9c1fbd0' "
        "AND (to_jsonb(a)::text || coalesce(to_jsonb(s)::text, '')) LIKE '%",
        trace, "%'");
    EXPECT_EQ(Number(held.c_str()), 0) << trace;
  }
}

TEST_F(AmbassadorErasureTest, IsDoneOnceAndCompleteWhenTheOthersHaveConfirmed) {
  const auto first = Erase(jeanne_);
  ASSERT_TRUE(first.ok()) << first.status();
  const int64_t told = Number("SELECT seq FROM outbox_counter");
  for (const char* request_id : {kRequest, kOtherRequest}) {
    const auto again = Erase(jeanne_, request_id);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  }
  EXPECT_EQ(Number("SELECT seq FROM outbox_counter"), told);
  const auto id = Ask({"test_receipt", "SELECT id FROM erasure_receipts"});
  ASSERT_EQ(id.size(), 1u);
  const std::string erasure = privacy::ErasureName(id[0][0].c_str());
  for (const char* service : {"booking", "notification"}) {
    EXPECT_EQ(Receipt(jeanne_)->state(), Erasure::STATE_SPREADING);
    const absl::Status noted =
        database_->Write(absl::Now() + absl::Seconds(10), [&](database::Transaction& transaction) {
          privacy::NoteConfirmations(transaction, {{erasure, service}}, clock_.Now());
          return absl::OkStatus();
        });
    ASSERT_TRUE(noted.ok()) << noted;
  }
  EXPECT_EQ(Receipt(jeanne_)->state(), Erasure::STATE_COMPLETED);
}

TEST_F(AmbassadorErasureTest, IsForTheAmbassadorTheirAgencyAndOperators) {
  for (const rpc::Call* call : {&agency_, &colleague_}) {
    EXPECT_EQ(ErrorReasonOf(Erase(*call).status()), "RESOURCE_NOT_FOUND");
    EXPECT_EQ(ErrorReasonOf(Receipt(*call).status()), "RESOURCE_NOT_FOUND");
    EXPECT_EQ(ErrorReasonOf(Show(*call).status()), "RESOURCE_NOT_FOUND");
  }
  EXPECT_EQ(ErrorReasonOf(Receipt(jeanne_).status()), "RESOURCE_NOT_FOUND");
  EXPECT_TRUE(Profile().ok());
  agency_.caller.territory = {"61"};
  ASSERT_TRUE(Erase(agency_).ok());
  for (const rpc::Call* call : {&agency_, &jeanne_, &operator_}) EXPECT_TRUE(Receipt(*call).ok());
}

TEST_F(AmbassadorErasureTest, AListThatStillHasThemDoesNotBringThemBack) {
  ASSERT_TRUE(Erase(jeanne_).ok());
  const int64_t sessions = Number("SELECT count(*) FROM sessions");
  Files files = SeedFiles();
  // A meeting that was in no list before.
  files["meetings.csv"] +=
      "019b8dd0-5780-7615-8c22-1e51d9c1fbd0,2027-01-11T09:00,"
      "2027-01-11T10:00,3,ON_SITE,N\n";
  const auto report = Import(operator_, files);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(ErrorReasonOf(Profile().status()), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(Number("SELECT count(*) FROM ambassadors WHERE display_name LIKE '%Lemoine%'"), 0);
  EXPECT_EQ(Number("SELECT count(*) FROM sessions"), sessions);
}

TEST_F(AmbassadorErasureTest, ShowsTheAmbassadorEverythingAndThatItWasAskedFor) {
  const auto shown = Show(jeanne_);
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_THAT(shown->DebugString(), HasSubstr("Jeanne Lemoine"));
  std::set<std::string> tables;
  for (const auto& table : shown->tables()) tables.insert(table.name());
  EXPECT_THAT(tables, ::testing::ElementsAre("ambassadors", "profile_reads", "sessions"));
  ASSERT_TRUE(Show(operator_).ok());
  const auto later = Show(jeanne_);
  ASSERT_TRUE(later.ok()) << later.status();
  EXPECT_EQ(Number("SELECT count(*) FROM profile_reads"), 3);
  EXPECT_THAT(later->DebugString(), Not(HasSubstr("operateur")));
  // Of her account there is nothing but what it did.
  const auto account = Show(jeanne_, "people/me");
  ASSERT_TRUE(account.ok()) << account.status();
  EXPECT_THAT(account->DebugString(), Not(HasSubstr("Jeanne Lemoine")));
}

TEST_F(AmbassadorErasureTest, EveryTableIsInTheRegister) {
  std::multiset<std::string> registered(store::ImpersonalTables().begin(),
                                        store::ImpersonalTables().end());
  for (const auto& table : store::AmbassadorRegister().tables) registered.insert(table.table);
  std::multiset<std::string> there;
  for (const pqxx::row& row : Ask({"test_tables",
                                   "SELECT table_name FROM "
                                   "information_schema.tables WHERE table_schema = "
                                   "'ambassador'"})) {
    there.insert(row[0].c_str());
  }
  EXPECT_EQ(there, registered);
}

}  // namespace
}  // namespace dm::ambassador
