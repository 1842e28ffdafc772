#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "tests/integration/catalogue/catalogue_world.h"

namespace dm::catalogue {
namespace {

using ::testing::HasSubstr;

constexpr database::Statement kProfessions{"test_professions", "SELECT count(*) FROM professions"};

class ImportTest : public CatalogueTest {};

TEST_F(ImportTest, LoadsTheSeedAndASecondRunChangesNothing) {
  ImportSeed();
  const int64_t events = Events("SessionScheduled");
  EXPECT_GT(events, 200);
  const int wakes = wakes_;
  for (const auto& [kind, files] :
       std::map<std::string, Files>{{"communes", Seed("communes.csv")},
                                    {"rome", SeedRome()},
                                    {"companies", Seed("companies.csv")},
                                    {"offers", SeedOffers()}}) {
    const type::ImportReport report = MustImport(kind, files);
    EXPECT_GT(report.tables_size(), 0) << kind;
    for (const auto& [table, counts] : report.tables()) {
      EXPECT_GT(counts.read(), 0) << table;
      EXPECT_EQ(counts.added() + counts.changed() + counts.moved() + counts.vanished(), 0) << table;
    }
  }
  EXPECT_EQ(Events("SessionScheduled"), events);
  EXPECT_EQ(wakes_, wakes);
}

TEST_F(ImportTest, ProfessionsOfTheOfficialExportAreFound) {
  if (!testing::HasReference(kRomeFolder)) GTEST_SKIP() << "without the reference files";
  MustImport("rome", ReferenceRome());
  const auto first = [this](const std::string& query) {
    pb::SearchProfessionsRequest request;
    request.set_query(query);
    CatchUp();
    const auto response = api_.SearchProfessions(call_, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() && response->professions_size() > 0
               ? response->professions(0).rome_code() + " " +
                     response->professions(0).display_name()
               : "nothing";
  };
  const std::string baker = "D1102 Boulanger / Boulangère";
  for (const char* query : {"boulanger", "boulangere", "Boulangères", "BOULANGER", "boulnger",
                            "boulengère", "boulanjer"}) {
    EXPECT_EQ(first(query), baker) << query;
  }
  for (const char* query : {"developpeuse web", "développeur web", "developeuse web",
                            "devlopeuse web", "Développeuses Web"}) {
    EXPECT_THAT(first(query), HasSubstr("Développeuse web")) << query;
  }
  EXPECT_THAT(first("infirmiere"), HasSubstr("Infirmière"));
  const auto text =
      Ask({"test_quotes", "SELECT definition, access FROM professions WHERE rome_code = 'A1101'"});
  EXPECT_THAT(text[0]["definition"].c_str(), HasSubstr("et en assure l'entretien"));
  EXPECT_THAT(text[0]["access"].c_str(), HasSubstr("même s'il est possible"));
}

TEST_F(ImportTest, LoadsTheOfficialCommunes) {
  constexpr char kFile[] = "geo/communes_normandie.csv";
  if (!testing::HasReference(kFile)) GTEST_SKIP() << "without the reference files";
  const Files files = {{"c.csv", testing::ReadReference(kFile)}};
  EXPECT_EQ(Counts(MustImport("communes", files), "communes"), "2644 2644 0 0 0");
  EXPECT_EQ(Counts(MustImport("communes", Seed("communes.csv")), "communes"), "149 0 0 0 2495");
  EXPECT_EQ(Counts(MustImport("communes", files), "communes"), "2644 0 2495 0 0");
}

TEST_F(ImportTest, CountsWhatChangesMovesAndVanishes) {
  Files rome = SeedRome();
  MustImport("rome", rome);
  const std::string file = "unix_referentiel_appellation_v458_utf8.csv";
  ASSERT_TRUE(rome.contains(file));
  std::vector<std::string> lines = absl::StrSplit(rome[file], '\n');
  const std::string gone = lines[1];
  lines.erase(lines.begin() + 1);
  lines[1] = absl::StrReplaceAll(lines[1], {{"Acousticien / ", "Acousticien ou "}});
  lines[2] = absl::StrReplaceAll(lines[2], {{"\"M1502\"", "\"D1102\""}});
  rome[file] = absl::StrJoin(lines, "\n");
  EXPECT_EQ(Counts(MustImport("rome", rome), "appellations"), "1291 0 1 1 1");
  EXPECT_EQ(Counts(MustImport("rome", rome), "appellations"), "1291 0 0 0 0");
  // What comes back is a change.
  EXPECT_EQ(Counts(MustImport("rome", SeedRome()), "appellations"), "1292 0 2 1 0");
}

TEST_F(ImportTest, AVanishedProfessionIsObsoleteAndStays) {
  if (!testing::HasReference(kRomeFolder)) GTEST_SKIP() << "without the reference files";
  MustImport("rome", ReferenceRome());
  const type::ImportReport report = MustImport("rome", SeedRome());
  EXPECT_THAT(Counts(report, "professions"), HasSubstr(" 989"));
  pb::GetProfessionRequest request;
  request.set_name("professions/A1101");
  const auto profession = api_.GetProfession(call_, request);
  ASSERT_TRUE(profession.ok()) << profession.status();
  EXPECT_TRUE(profession->obsolete());
  CatchUp();
  const auto search = api_.SearchProfessions(call_, {});
  ASSERT_TRUE(search.ok());
  EXPECT_EQ(search->total_size(), 67);
}

TEST_F(ImportTest, ADamagedFileChangesNothing) {
  Files rome = SeedRome();
  // A quote that is never closed.
  rome["unix_texte_v458_utf8.csv"] += "\"A1201\",\"3\",\"definition\",\"9\",\"et";
  const auto broken = Import(operator_, "rome", rome);
  EXPECT_EQ(Where(broken.status()), "unix_texte_v458_utf8.csv:203");
  // Right until the last file.
  rome = SeedRome();
  rome["unix_arborescence_centre_interet_v458_utf8.csv"] +=
      "\"999\",\"x\",\"37\",\"B1201\",\"Céramiste d'art\",\"non\"\n";
  EXPECT_EQ(Where(Import(operator_, "rome", rome).status()),
            "unix_arborescence_centre_interet_v458_utf8.csv:166");
  rome.erase("unix_texte_v458_utf8.csv");
  const absl::Status missing = Import(operator_, "rome", rome).status();
  EXPECT_THAT(Cause(missing), HasSubstr("textes"));
  EXPECT_EQ(Ask(kProfessions)[0][0].as<int>(), 0);
  EXPECT_EQ(Events("ResourceChanged"), 0);
}

TEST_F(ImportTest, ValidatingChangesNothingAndTellsTheSame) {
  const auto checked = Import(operator_, "rome", SeedRome(), /*validate_only=*/true);
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_EQ(Counts(*checked, "professions"), "67 67 0 0 0");
  EXPECT_EQ(Ask(kProfessions)[0][0].as<int>(), 0);
  EXPECT_EQ(wakes_, 0);
  EXPECT_EQ(Counts(MustImport("rome", SeedRome()), "professions"), "67 67 0 0 0");
}

class ListImportTest : public CatalogueTest {
 protected:
  void SetUp() override { ImportSeed(); }

  static constexpr char kCompanies[] =
      "siret,display_name,description,naf_code,sectors,street,postal_code,commune_code,website,"
      "demonstration\n";
  static constexpr char kOffers[] =
      "siret,key,rome_code,title,description,audiences,accessible,instant_confirmation,"
      "demonstration,published\n";
  static constexpr char kSessions[] = "siret,key,start,end,capacity\n";
};

TEST_F(ListImportTest, RefusesWhatIsNotThereByFileAndLine) {
  struct Case {
    const char* kind;
    std::string content;
    const char* where;
    const char* cause;
  };
  const std::vector<Case> cases = {
      {"companies", absl::StrCat(kCompanies, "73282932000074,A,,,,,61100,99999,,N\n"), "list.csv:2",
       "commune"},
      {"companies",
       absl::StrCat(kCompanies, "\n73282932000074,\"A\nB\",,,,,61100,61070,,N\n",
                    "00061001400011,A,,,84|98765,,61100,61070,,N\n"),
       "list.csv:5", "secteur"},
      {"companies", absl::StrCat(kCompanies, "73282932000075,A,,,,,61100,61070,,N\n"), "list.csv:2",
       "SIRET"},
      {"offers", absl::StrCat(kOffers, "73282932000074,k,D1102,T,,ADULT,N,N,N,O\n"), "list.csv:2",
       "entreprise"},
      {"offers", absl::StrCat(kOffers, "00061001400011,k,Z9999,T,,ADULT,N,N,N,O\n"), "list.csv:2",
       "métier"},
      {"offers",
       absl::StrCat(kSessions, "00061001400011,nothing,2026-12-07T09:00,2026-12-09T17:00,1\n"),
       "list.csv:2", "offre"},
      {"offers", "a,b\n1,2\n", "list.csv:1", "en-tête"},
  };
  for (const Case& one : cases) {
    const absl::Status status = Import(operator_, one.kind, {{"list.csv", one.content}}).status();
    EXPECT_EQ(Where(status), one.where) << one.content;
    EXPECT_THAT(Cause(status), HasSubstr(one.cause)) << one.content;
  }
}

TEST_F(ListImportTest, AnAgencyWritesInItsTerritoryAlone) {
  rpc::Call agency;
  OpenCall(agency, {auth::Role::kAnonymous, auth::Role::kAgency});
  agency.caller.territory = {"61"};
  EXPECT_TRUE(Import(agency, "companies",
                     {{"c.csv", absl::StrCat(kCompanies, "73282932000074,A,,,,,61100,61070,,N\n")}})
                  .ok());
  const std::string elsewhere = absl::StrCat(kCompanies, "73282932000074,A,,,,,14000,14118,,N\n");
  EXPECT_EQ(Where(Import(agency, "companies", {{"c.csv", elsewhere}}).status()), "c.csv:2");
  // Nor may it take a company from another territory.
  agency.caller.territory = {"14"};
  EXPECT_EQ(Where(Import(agency, "companies", {{"c.csv", elsewhere}}).status()), "c.csv:2");
  EXPECT_EQ(
      Where(Import(agency, "offers",
                   {{"o.csv", absl::StrCat(kOffers, "73282932000074,k,D1102,T,,ADULT,N,N,N,O\n")}})
                .status()),
      "o.csv:2");
}

// The SessionScheduled and SessionClosed events after a position.
constexpr database::Statement kLastEvents{
    "test_last_events",
    "SELECT type, payload FROM outbox WHERE type LIKE '%.Session%' ORDER BY seq DESC LIMIT 1"};

TEST_F(ListImportTest, AnnouncesWhatChangedAndNothingElse) {
  const int64_t before = Events("SessionScheduled");
  const std::string company =
      "00061001400011,Groupe Lemoine,\"Autre texte.\",13.95Z,90|84,,61100,61070,,N\n";
  // Nobody is told a description with a session.
  EXPECT_EQ(
      Counts(MustImport("companies", {{"c.csv", absl::StrCat(kCompanies, company)}}), "companies"),
      "1 0 1 0 0");
  EXPECT_EQ(Events("SessionScheduled"), before);
  const std::string renamed = absl::StrReplaceAll(company, {{"Groupe Lemoine", "Lemoine SA"}});
  MustImport("companies", {{"c.csv", absl::StrCat(kCompanies, renamed)}});
  const int64_t after_name = Events("SessionScheduled");
  EXPECT_GT(after_name, before);

  const std::string session =
      "00061001400011,mini-stage-h2405,2027-03-01T09:00,2027-03-03T17:00,3\n";
  const std::string wider = absl::StrReplaceAll(session, {{",3\n", ",5\n"}});
  for (const std::string& row : {session, session, wider}) {
    MustImport("offers", {{"s.csv", absl::StrCat(kSessions, row)}});
  }
  EXPECT_EQ(Events("SessionScheduled"), after_name + 2);
  const auto last = Ask(kLastEvents);
  event::SessionScheduled scheduled;
  ASSERT_TRUE(scheduled.ParseFromString(database::FromBytea(last[0]["payload"])));
  EXPECT_EQ(scheduled.version(), 2);
  EXPECT_EQ(scheduled.capacity(), 5);
  EXPECT_EQ(scheduled.company_display_name(), "Lemoine SA");
  EXPECT_EQ(scheduled.host(), "companies/00061001400011");
  EXPECT_EQ(scheduled.profession(), "H2405");
  EXPECT_EQ(scheduled.place().commune(), "Caligny");
  EXPECT_EQ(scheduled.start_time().seconds(), 1803888000);  // 8:00 UTC
  EXPECT_EQ(scheduled.kind(), event::SESSION_KIND_MINI_STAGE);
  EXPECT_EQ(scheduled.format(), type::MEETING_FORMAT_ON_SITE);
  EXPECT_EQ(scheduled.chamber(), type::CHAMBER_CCI);
}

TEST_F(ListImportTest, TellsTheChamberWithTheSessionAndAgainWhenTheActivityChanges) {
  const std::string company = "00061001400011,Groupe Lemoine,,NAF,90|84,,61100,61070,,N\n";
  const std::vector<std::pair<std::string, type::Chamber>> cases = {
      {"10.71C", type::CHAMBER_CMA},
      {"01.41Z", type::CHAMBER_AGRICULTURE},
      {"", type::CHAMBER_CCI}};
  for (const auto& [naf_code, chamber] : cases) {
    const std::string row = absl::StrReplaceAll(company, {{"NAF", naf_code}});
    MustImport("companies", {{"c.csv", absl::StrCat(kCompanies, row)}});
    event::SessionScheduled scheduled;
    ASSERT_TRUE(scheduled.ParseFromString(database::FromBytea(Ask(kLastEvents)[0]["payload"])));
    EXPECT_EQ(scheduled.company(), "00061001400011") << naf_code;
    EXPECT_EQ(scheduled.chamber(), chamber) << naf_code;
  }
}

TEST_F(ListImportTest, WithAnotherProfessionAnOfferLosesTheJobTitleOfTheFormerOne) {
  constexpr database::Statement kJobTitle{
      "test_job_title",
      "SELECT coalesce(ogr_code, '') FROM offers "
      "WHERE (siret, key) = ('00061001400011', 'mini-stage-h2405')"};
  Ask({"test_give_job_title", R"sql(
    UPDATE offers SET ogr_code = (SELECT min(ogr_code) FROM appellations WHERE rome_code = 'H2405')
    WHERE (siret, key) = ('00061001400011', 'mini-stage-h2405') RETURNING ogr_code)sql"});
  const std::string had = Ask(kJobTitle)[0][0].c_str();
  ASSERT_NE(had, "");
  const std::string row = "00061001400011,mini-stage-h2405,H2405,Autre titre,,TROISIEME,O,N,O,O\n";
  MustImport("offers", {{"o.csv", absl::StrCat(kOffers, row)}});
  EXPECT_EQ(Ask(kJobTitle)[0][0].c_str(), had);
  MustImport("offers",
             {{"o.csv", absl::StrCat(kOffers, absl::StrReplaceAll(row, {{"H2405", "D1102"}}))}});
  EXPECT_STREQ(Ask(kJobTitle)[0][0].c_str(), "");
}

TEST_F(ListImportTest, AnOfferThatIsWithdrawnClosesItsSessionsAndIsNotFound) {
  const std::string row = "00061001400011,mini-stage-h2405,H2405,Au coton,,TROISIEME,O,N,O,N\n";
  EXPECT_EQ(Events("SessionClosed"), 0);
  MustImport("offers", {{"o.csv", absl::StrCat(kOffers, row)}});
  EXPECT_GT(Events("SessionClosed"), 0);
  pb::SearchOffersRequest request;
  request.add_companies("00061001400011");
  CatchUp();
  const auto found = api_.SearchOffers(call_, request);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->total_size(), 1);
  pb::GetCompanyRequest company;
  company.set_name("companies/00061001400011");
  EXPECT_EQ(api_.GetCompany(call_, company)->offer_count(), 1);
}

}  // namespace
}  // namespace dm::catalogue
