#include "absl/strings/str_replace.h"
#include "destinationmetier/event/v1/session_events.pb.h"
#include "services/ambassador/api/seats_feed.h"
#include "tests/integration/ambassador/ambassador_world.h"

#include <gmock/gmock.h>

namespace dm::ambassador {
namespace {

using ::testing::HasSubstr;

namespace event = destinationmetier::event::v1;

constexpr char kJeanneId[] = "019b8dd0-5780-7615-8c22-1e51d9c1fbd0";
constexpr database::Statement kCounts{
    "counts",
    "SELECT (SELECT count(*) FROM ambassadors), (SELECT count(*) FROM sessions), "
    "(SELECT count(*) FROM outbox), (SELECT max(version) FROM sessions), "
    "(SELECT sum(held) FROM sessions)"};

class ImportTest : public AmbassadorTest {
 protected:
  struct Counts {
    int ambassadors, sessions, events, greatest_version, held;
    friend bool operator==(const Counts&, const Counts&) = default;
  };

  Counts Count() {
    const pqxx::result rows = Ask(kCounts);
    return {rows[0][0].as<int>(), rows[0][1].as<int>(), rows[0][2].as<int>(), rows[0][3].as<int>(0),
            rows[0][4].as<int>(0)};
  }

  // One session of Jeanne Lemoine's.
  std::string SomeSession() {
    pb::ListSessionsRequest request;
    request.set_parent(std::string("ambassadors/") + kJeanneId);
    return api_.ListSessions(call_, request)->sessions(0).name();
  }

  void Tell(const std::vector<std::pair<std::string, int>>& held) {
    std::vector<event::Event> events;
    for (const auto& [session, seats] : held) {
      event::SeatsChanged changed;
      changed.set_session(session);
      changed.set_held(seats);
      events.emplace_back().mutable_data()->PackFrom(changed);
    }
    const absl::Status told =
        database_->Write(call_.deadline, [&](database::Transaction& transaction) {
          return ApplySeatsChanged(transaction, events, clock_.Now());
        });
    EXPECT_TRUE(told.ok()) << told;
  }
};

TEST_F(ImportTest, TakesTheSeedOnceAndASecondTimeChangesNothing) {
  const auto first = Import(operator_, SeedFiles());
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->tables().at("ambassadors").read(), 21);
  EXPECT_EQ(first->tables().at("ambassadors").added(), 21);
  EXPECT_EQ(first->tables().at("sessions").read(), 126);
  EXPECT_EQ(first->tables().at("sessions").added(), 126);
  const Counts after_first = Count();
  EXPECT_EQ(after_first, (Counts{21, 126, 127, 1, 0}));
  EXPECT_EQ(wakes_, 1);

  const auto second = Import(operator_, SeedFiles());
  ASSERT_TRUE(second.ok()) << second.status();
  for (const auto& [table, report] : second->tables()) {
    EXPECT_GT(report.read(), 0) << table;
    EXPECT_EQ(report.added() + report.changed(), 0) << table;
  }
  EXPECT_EQ(Count(), after_first);
  EXPECT_EQ(wakes_, 1);
}

TEST_F(ImportTest, RaisesTheVersionOfWhatChanged) {
  ImportSeed();
  const Files meeting = {
      {"m.csv",
       "ambassador_id,start,end,capacity,format,instant_confirmation\n"
       "019b8dd0-5780-7615-8c22-1e51d9c1fbd0,2026-11-30T09:00,2026-11-30T10:00,3,VIDEO,O\n"}};
  const auto changed = Import(operator_, meeting);
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_EQ(changed->tables().at("sessions").changed(), 1);
  EXPECT_EQ(Count(), (Counts{21, 126, 129, 2, 0}));
}

TEST_F(ImportTest, TellsTheSessionsOfAChangedAmbassadorAgain) {
  ImportSeed();
  const std::string changed_title = absl::StrReplaceAll(SeedFiles()["ambassadors.csv"],
                                                        {{"Directrice générale,", "Présidente,"}});
  const auto report = Import(operator_, {{"a.csv", changed_title}});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->tables().at("ambassadors").changed(), 1);
  EXPECT_EQ(report->tables().at("sessions").changed(), 0);
  EXPECT_EQ(Count(), (Counts{21, 126, 127 + 6 + 1, 2, 0}));
}

TEST_F(ImportTest, ADryRunReportsAndChangesNothing) {
  const auto report = Import(operator_, SeedFiles(), /*validate_only=*/true);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->tables().at("sessions").added(), 126);
  EXPECT_EQ(Count(), (Counts{0, 0, 0, 0, 0}));
  EXPECT_EQ(wakes_, 0);
}

TEST_F(ImportTest, ABrokenFileChangesNothing) {
  ImportSeed();
  const Counts before = Count();
  const std::string seed = SeedFiles()["ambassadors.csv"];
  const std::string title = absl::StrReplaceAll(seed, {{"Fromagère", "Affineuse"}});
  const std::vector<std::string> broken_meetings = {
      "ambassador_id,start,end\n",
      "ambassador_id,start,end,capacity,format,instant_confirmation\n"
      "019b8dd0-5780-7615-8c22-1e51d9c1fbd0,2027-11-30T09:00,2027-11-30T09:30,1,VIDEO,O\n"
      "019b8dd0-5780-7615-8c22-1e51d9c1fbd0,2027-11-31T09:00,2027-11-30T09:30,1,VIDEO,O\n",
      // An ambassador whom nobody knows is only found out in the transaction.
      "ambassador_id,start,end,capacity,format,instant_confirmation\n"
      "019b8dd0-5780-7615-8c22-1e51d9c1fbd0,2027-11-30T09:00,2027-11-30T09:30,1,VIDEO,O\n"
      "019b8dd0-5780-7615-8c22-000000000000,2027-11-30T09:00,2027-11-30T09:30,1,VIDEO,O\n",
  };
  for (const std::string& meetings : broken_meetings) {
    const auto report = Import(operator_, {{"a.csv", title}, {"m.csv", meetings}});
    EXPECT_EQ(ErrorReasonOf(report.status()), "IMPORT_REFUSED") << report.status();
    EXPECT_EQ(GetErrorDetails(report.status())->metadata["file"], "m.csv");
    EXPECT_EQ(Count(), before);
  }
  pb::SearchAmbassadorsRequest request;
  request.set_query("fromagère");
  EXPECT_GE(Search(request).total_size(), 1);
}

TEST_F(ImportTest, AnAgencyImportsItsOwnTerritoryOnly) {
  rpc::Call agency;
  OpenCall(agency, {auth::Role::kAnonymous, auth::Role::kAgency});
  agency.caller.territory = {"61"};
  const auto refused = Import(agency, SeedFiles());
  EXPECT_EQ(ErrorReasonOf(refused.status()), "IMPORT_REFUSED");
  EXPECT_EQ(Count().ambassadors, 0);
  agency.caller.territory = {"14", "27", "50", "61", "76"};
  EXPECT_TRUE(Import(agency, SeedFiles()).ok());

  // Moving somebody out of another's territory, or giving them meetings, is no way in.
  agency.caller.territory = {"14"};
  const std::string moved = absl::StrReplaceAll(
      SeedFiles()["ambassadors.csv"], {{"61100,Caligny,61070,61", "14400,Bayeux,14047,14"}});
  EXPECT_EQ(ErrorReasonOf(Import(agency, {{"a.csv", moved}}).status()), "IMPORT_REFUSED");
  const auto meetings = Import(agency, {{"m.csv", SeedFiles()["meetings.csv"]}});
  EXPECT_EQ(ErrorReasonOf(meetings.status()), "IMPORT_REFUSED");
}

TEST_F(ImportTest, SeatsFollowBooking) {
  ImportSeed();
  const std::string session = SomeSession();
  const Counts before = Count();
  const std::string unknown =
      "ambassadors/019b8dd0-5780-7615-8c22-1e51d9c1fbd0/sessions/"
      "019b8dd0-5780-7615-8c22-000000000000";
  Tell({{session, 2},
        {"offers/019b8dd0-5780-7615-8c22-000000000000/sessions/"
         "019b8dd0-5780-7615-8c22-000000000000",
         7},
        {unknown, 5},
        {session, 1}});
  EXPECT_EQ(Count().held, 1);
  EXPECT_EQ(Count().events, before.events + 1);
  // The same again is no change.
  Tell({{session, 1}});
  EXPECT_EQ(Count().events, before.events + 1);
}

TEST_F(ImportTest, AFullSessionIsNotTheNextOne) {
  ImportSeed();
  pb::GetAmbassadorRequest request;
  request.set_name(std::string("ambassadors/") + kJeanneId);
  const auto before = api_.GetAmbassador(call_, request)->next_session_time();
  Tell({{SomeSession(), 500}});
  const auto after = api_.GetAmbassador(call_, request)->next_session_time();
  EXPECT_GT(after.seconds(), before.seconds());
  pb::ListSessionsRequest list;
  list.set_parent(request.name());
  EXPECT_EQ(api_.ListSessions(call_, list)->sessions(0).available(), 0);
  // An import leaves what booking told alone.
  ImportSeed();
  EXPECT_EQ(Count().held, 500);
}

TEST_F(ImportTest, EventsTellTheSessionAndNotWhoSheIs) {
  ImportSeed();
  const pqxx::result rows = Ask({"payloads",
                                 "SELECT payload FROM outbox WHERE type = "
                                 "'destinationmetier.event.v1.SessionScheduled' ORDER BY seq"});
  ASSERT_EQ(rows.size(), 126u);
  int of_jeanne = 0;
  for (const pqxx::row& row : rows) {
    event::SessionScheduled scheduled;
    ASSERT_TRUE(scheduled.ParseFromString(database::FromBytea(row[0])));
    EXPECT_EQ(scheduled.kind(), event::SESSION_KIND_MEETING);
    EXPECT_EQ(scheduled.version(), 1);
    EXPECT_THAT(scheduled.session(), HasSubstr(scheduled.host() + "/sessions/"));
    EXPECT_FALSE(scheduled.place().department().empty());
    EXPECT_EQ(scheduled.DebugString().find("Jeanne"), std::string::npos);
    of_jeanne += scheduled.host() == std::string("ambassadors/") + kJeanneId ? 1 : 0;
  }
  EXPECT_EQ(of_jeanne, 6);
}

}  // namespace
}  // namespace dm::ambassador
