#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "services/catalogue/feeds/seats_feed.h"
#include "services/catalogue/store/session_events.h"
#include "tests/integration/catalogue/catalogue_world.h"

#include <string>
#include <vector>

namespace dm::catalogue {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kOffers[] =
    "siret,key,rome_code,title,description,audiences,accessible,instant_confirmation,"
    "demonstration,published\n";

// Text cells of the first column.
std::vector<std::string> Column(const pqxx::result& rows) {
  std::vector<std::string> cells;
  for (const pqxx::row& row : rows) cells.emplace_back(row[0].c_str());
  return cells;
}

TEST(OfferMigration, KeepsWhatIsPublishedAndWhoIsWelcome) {
  const testing::TestDatabase test = testing::TestDatabase::Create();
  const auto database = test.OpenAsOwner("catalogue");
  const auto migrate = [&](const database::MigrationSet& catalogue) {
    return database::Migrate(*database, {{"database", &database::kDatabaseMigrations},
                                         {"events", &database::kEventsMigrations},
                                         {"requests", &database::kRequestsMigrations},
                                         {"catalogue", &catalogue}});
  };
  const auto ask = [&](const database::Statement& statement) {
    return database->Write(absl::Now() + absl::Seconds(30),
                           [&](database::Transaction& transaction) -> absl::StatusOr<pqxx::result> {
                             return transaction.Exec(statement);
                           });
  };
  const auto& all = database::kCatalogueMigrations;
  const absl::Status earlier = migrate({all.begin(), all.begin() + 3});
  ASSERT_TRUE(earlier.ok()) << earlier;
  for (const database::Statement& statement : {database::Statement{"test_communes", R"sql(
          INSERT INTO communes VALUES ('61070', 'Caligny', '61', '{61100}', 1000, 48.8, -0.6)
        )sql"},
                                               database::Statement{"test_professions", R"sql(
          INSERT INTO professions VALUES ('D1102', 'Boulanger', '', '', '', '', '', '', '')
        )sql"},
                                               database::Statement{"test_companies", R"sql(
          INSERT INTO companies VALUES ('73282932000074', 'A', '', '', '{}', '', '61100', '61070',
                                        '', false, '', '', '', 1, '61', 1)
        )sql"},
                                               database::Statement{"test_offers", R"sql(
          INSERT INTO offers (id, siret, key, rome_code, title, description, audiences, accessible,
                              instant_confirmation, demonstration, published, folded_title)
          SELECT gen_random_uuid(), '73282932000074', key, 'D1102', key, '', '{2}', accessible,
                 false, false, published, key
          FROM (VALUES ('a', true, true), ('b', false, false)) AS o (key, accessible, published)
        )sql"}}) {
    const auto done = ask(statement);
    ASSERT_TRUE(done.ok()) << done.status();
  }
  const absl::Status now = migrate(all);
  ASSERT_TRUE(now.ok()) << now;
  const auto offers = ask({"test_states", R"sql(
    SELECT concat_ws(' ', key, state, accessibility, work_mode, languages) FROM offers ORDER BY key
  )sql"});
  ASSERT_TRUE(offers.ok()) << offers.status();
  EXPECT_THAT(Column(*offers), ElementsAre("a 3 3 1 {fr}", "b 4 0 1 {fr}"));
}

class OfferTables : public CatalogueTest {
 protected:
  OfferTables() { ImportSeed(); }

  // State and accessibility of the offers of the company under test.
  std::vector<std::string> Offers() {
    return Column(Ask({"test_offers", R"sql(
      SELECT concat_ws(' ', key, state, accessibility, state_why, publish_time IS NOT NULL)
      FROM offers WHERE siret = '00061001400011' ORDER BY key
    )sql"}));
  }

  // What readers in memory were told since the last call: keys of offers, and "words".
  std::vector<std::string> Told() {
    const auto rows = Ask({"test_changes", R"sql(
      SELECT DISTINCT coalesce(o.key, 'words') FROM search_changes LEFT JOIN offers o USING (id)
      ORDER BY 1
    )sql"});
    Ask({"test_forget", "DELETE FROM search_changes"});
    return Column(rows);
  }

  template <typename Body>
  void Write(const Body& body) {
    const absl::Status status =
        database_->Write(absl::Now() + absl::Seconds(30), [&](database::Transaction& transaction) {
          body(transaction);
          return absl::OkStatus();
        });
    ASSERT_TRUE(status.ok()) << status;
  }
};

TEST_F(OfferTables, AListShowsSuspendsAndLeavesTheRestAlone) {
  EXPECT_THAT(Offers(), ElementsAre("mini-stage-h2405 3 3 IMPORTED t",  //
                                    "mini-stage-h3302 3 3 IMPORTED t"));
  const auto row = [](const char* key, const char* accessible, const char* published) {
    return absl::StrCat(kLemoine, ",", key, ",H2405,Au coton,,TROISIEME,", accessible, ",N,O,",
                        published, "\n");
  };
  MustImport(
      "offers",
      {{"o.csv", absl::StrCat(kOffers, row("mini-stage-h2405", "N", "N"), row("new", "N", "N"))}});
  EXPECT_THAT(Offers(), ElementsAre("mini-stage-h2405 4 0 IMPORTED t",  //
                                    "mini-stage-h3302 3 3 IMPORTED t", "new 1 0 IMPORTED f"));
  // What nobody could say in a list stays as it was said elsewhere.
  Ask({"test_edit", "UPDATE offers SET state = 2, accessibility = 2 WHERE key = 'new'"});
  MustImport("offers", {{"o.csv", absl::StrCat(kOffers, absl::StrReplaceAll(row("new", "N", "N"),
                                                                            {{"coton", "lin"}}))}});
  EXPECT_THAT(Offers(), ElementsAre("mini-stage-h2405 4 0 IMPORTED t",
                                    "mini-stage-h3302 3 3 IMPORTED t", "new 2 2 IMPORTED f"));
  MustImport(
      "offers",
      {{"o.csv", absl::StrCat(kOffers, row("mini-stage-h2405", "O", "O"), row("new", "N", "O"))}});
  EXPECT_THAT(Offers(), ElementsAre("mini-stage-h2405 3 3 IMPORTED t",
                                    "mini-stage-h3302 3 3 IMPORTED t", "new 3 2 IMPORTED t"));
  pb::GetCompanyRequest company;
  company.set_name(absl::StrCat("companies/", kLemoine));
  EXPECT_EQ(api_.GetCompany(call_, company)->offer_count(), 3);
}

TEST_F(OfferTables, AFileOfCommunesSaysNothingOfOtherDepartments) {
  const auto gone = [this] {
    return Column(Ask({"test_gone", R"sql(
      SELECT DISTINCT department FROM communes WHERE obsolete ORDER BY 1)sql"}));
  };
  EXPECT_THAT(gone(), IsEmpty());
  const std::string seed = Seed("communes.csv")["communes.csv"];
  std::vector<std::string> lines = absl::StrSplit(seed, '\n');
  std::vector<std::string> kept = {lines.front()};
  for (const std::string& line : lines) {
    if (line.rfind("61070,", 0) == 0) kept.push_back(line);
  }
  ASSERT_EQ(kept.size(), 2u);
  MustImport("communes", {{"c.csv", absl::StrCat(absl::StrJoin(kept, "\n"), "\n")}});
  EXPECT_THAT(gone(), ElementsAre("61"));
}

TEST_F(OfferTables, TellsReadersInMemoryWhatToLookAtAgain) {
  Told();
  MustImport("offers", SeedOffers());
  EXPECT_THAT(Told(), IsEmpty());
  MustImport(
      "offers",
      {{"o.csv", absl::StrCat(kOffers, kLemoine, ",new,H2405,Au coton,,TROISIEME,N,N,O,O\n")}});
  EXPECT_THAT(Told(), ElementsAre("new"));
  MustImport("offers", {{"s.csv", absl::StrCat("siret,key,start,end,capacity\n", kLemoine,
                                               ",new,2027-03-01T09:00,2027-03-03T17:00,3\n")}});
  EXPECT_THAT(Told(), ElementsAre("new"));

  event::SeatsChanged seats;
  seats.set_session(Column(Ask({"test_session", R"sql(
    SELECT concat('offers/', offer_id, '/sessions/', s.id) FROM sessions s
    JOIN offers o ON o.id = s.offer_id WHERE key = 'new')sql"}))
                        .at(0));
  seats.set_held(1);
  std::vector<event::Event> told(1);
  told[0].mutable_data()->PackFrom(seats);
  Write([&](auto& transaction) {
    ASSERT_TRUE(ApplySeatsChanged(transaction, told, clock_.Now()).ok());
  });
  EXPECT_THAT(Told(), ElementsAre("new"));
  pb::CancelSessionRequest cancel;
  cancel.set_name(seats.session());
  cancel.set_request_id("019b8dd0-5780-7615-8c22-1e51d9c11001");
  ASSERT_TRUE(api_.CancelSession(operator_, cancel).ok());
  EXPECT_THAT(Told(), ElementsAre("new"));

  // By another name, the company's offers are found by other words.
  Files companies = Seed("companies.csv");
  companies["companies.csv"] =
      absl::StrReplaceAll(companies["companies.csv"], {{"Groupe Lemoine", "Lemoine SA"}});
  MustImport("companies", companies);
  EXPECT_THAT(Told(), ElementsAre("mini-stage-h2405", "mini-stage-h3302", "new", "words"));
  Files communes = Seed("communes.csv");
  communes["communes.csv"] =
      absl::StrReplaceAll(communes["communes.csv"], {{"Caligny", "Caligny-sur-Noireau"}});
  MustImport("communes", communes);
  EXPECT_THAT(Told(), ::testing::Contains("new"));
}

TEST_F(OfferTables, AnyTransactionTellsOfItsSessions) {
  std::vector<events::NewEvent> news;
  Write([&](database::Transaction& transaction) {
    transaction.Exec(database::Statement{"test_restrict", R"sql(
      UPDATE offers SET work_mode = 2, reserved_schools = '{0610001X}', priority_areas_only = true
      WHERE key = 'mini-stage-h2405')sql"});
    transaction.Exec(database::Statement{
        "test_quota", "UPDATE companies SET monthly_request_quota = 4 WHERE siret LIKE '%00011'"});
    transaction.Exec(database::Statement{"test_suspend", R"sql(
      UPDATE offers SET state = 4, published = false WHERE key = 'mini-stage-h3302')sql"});
    SessionEvents sessions(&transaction, clock_.Now());
    sessions.TouchCompanies({kLemoine});
    EXPECT_NE(sessions.NotedOffers(), "{}");
    news = sessions.Announce();
  });
  int scheduled = 0;
  int closed = 0;
  for (const events::NewEvent& news_item : news) {
    event::SessionScheduled told;
    if (news_item.type != told.GetDescriptor()->full_name()) {
      ++closed;
      continue;
    }
    ++scheduled;
    ASSERT_TRUE(told.ParseFromString(news_item.payload));
    EXPECT_EQ(told.monthly_request_quota(), 4);
    EXPECT_THAT(told.reserved_schools(), ElementsAre("0610001X"));
    EXPECT_TRUE(told.priority_areas_only());
    EXPECT_EQ(told.format(), type::MEETING_FORMAT_VIDEO);
    EXPECT_EQ(told.version(), 2);
  }
  EXPECT_GT(scheduled, 0);
  EXPECT_GT(closed, 0);
}

// Steps of the company's offers, as they are written down, and what was told of them.
constexpr database::Statement kSteps{"test_steps", R"sql(
  SELECT concat_ws(' ', o.key, t.version, t.person, t.party, t.from_state, t.to_state, t.why)
  FROM offer_transitions t JOIN offers o ON o.id = t.offer_id
  WHERE siret = '00061001400011' ORDER BY o.key, t.version
)sql"};

TEST_F(OfferTables, AListsStepsAreWrittenDownAndTold) {
  const std::string line = absl::StrCat(kLemoine, ",new,H2405,Au coton,,TROISIEME,N,N,O,");
  const int64_t told = Events("OfferChanged");
  EXPECT_EQ(static_cast<size_t>(told), Ask({"test_offers", "SELECT FROM offers"}).size());
  rpc::Call agency;
  OpenCall(agency, {auth::Role::kAnonymous, auth::Role::kAgency});
  agency.caller.subject = "agence";
  agency.caller.territory = {"61"};
  for (const char* published : {"O", "O", "N"}) {
    const auto report =
        Import(agency, "offers", {{"o.csv", absl::StrCat(kOffers, line, published, "\n")}});
    ASSERT_TRUE(report.ok()) << report.status();
  }
  EXPECT_EQ(Events("OfferChanged"), told + 2);
  EXPECT_THAT(Column(Ask(kSteps)),
              ::testing::IsSupersetOf({"new 1 people/agence AGENCY 3 IMPORTED",
                                       "new 2 people/agence AGENCY 3 4 IMPORTED"}));
}

TEST_F(OfferTables, AListShowsNothingOfACompanyThatIsBannedOrClosed) {
  const auto import = [this](const char* published) {
    return Import(
        operator_, "offers",
        {{"o.csv", absl::StrCat(kOffers, kLemoine, ",new,H2405,Au coton,,TROISIEME,N,N,O,",
                                published, "\n")}});
  };
  Ask({"test_ban", "UPDATE companies SET banned = true WHERE siret = '00061001400011'"});
  EXPECT_EQ(Where(import("O").status()), "o.csv:2");
  EXPECT_THAT(Cause(import("O").status()), ::testing::HasSubstr("suspendue par l'agence"));
  Ask({"test_close", R"sql(
    UPDATE companies SET banned = false, closed_time = now() WHERE siret = '00061001400011')sql"});
  EXPECT_THAT(Cause(import("O").status()), ::testing::HasSubstr("fermée"));
  EXPECT_TRUE(import("N").ok());
}

}  // namespace
}  // namespace dm::catalogue
