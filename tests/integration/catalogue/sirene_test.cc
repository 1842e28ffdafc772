#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tests/integration/catalogue/catalogue_world.h"
#include "tests/support/reference_files.h"

namespace dm::catalogue {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kHeaders[] = "companies/SIRENE_headers.txt";

// Cells by the names of their columns.
using Cells = std::map<std::string, std::string>;

// A small stock with the columns that INSEE's have, on the demonstration's companies.
class SireneTest : public CatalogueTest {
 protected:
  void SetUp() override {
    if (!testing::HasReference(kHeaders)) GTEST_SKIP() << "without the reference files";
    for (const absl::string_view line : absl::StrSplit(testing::ReadReference(kHeaders), '\n')) {
      if (absl::StartsWith(line, "siren,nic,")) establishment_columns_ = absl::StrSplit(line, ',');
      if (absl::StartsWith(line, "siren,statut")) unit_columns_ = absl::StrSplit(line, ',');
    }
    ASSERT_FALSE(establishment_columns_.empty());
    ASSERT_FALSE(unit_columns_.empty());
    ImportSeed();
    const auto rows = Ask({"test_hosts",
                           "SELECT siret FROM companies WHERE offer_count > 1 "
                           "AND department = '61' ORDER BY siret LIMIT 2"});
    ASSERT_EQ(rows.size(), 2);
    closing_ = rows[0][0].c_str();
    moving_ = rows[1][0].c_str();
  }

  static std::string Csv(const std::vector<std::string>& columns, const std::vector<Cells>& rows) {
    std::string csv = absl::StrJoin(columns, ",") + "\n";
    for (const Cells& row : rows) {
      std::vector<std::string> cells;
      for (const std::string& column : columns) {
        const auto found = row.find(column);
        cells.push_back(found == row.end() ? "" : found->second);
      }
      csv += absl::StrJoin(cells, ",") + "\n";
    }
    return csv;
  }

  static Cells Establishment(const std::string& siret, const Cells& other = {}) {
    Cells cells = {{"siren", siret.substr(0, 9)},
                   {"siret", siret},
                   {"statutDiffusionEtablissement", "O"},
                   {"etatAdministratifEtablissement", "A"},
                   {"codePostalEtablissement", "61100"},
                   {"codeCommuneEtablissement", "61169"},
                   {"activitePrincipaleEtablissement", "10.71C"},
                   {"nomenclatureActivitePrincipaleEtablissement", "NAFRev2"},
                   {"numeroVoieEtablissement", "12"},
                   {"typeVoieEtablissement", "RUE"},
                   {"libelleVoieEtablissement", "DU FOUR"},
                   {"dateDernierTraitementEtablissement", "2026-11-20T08:00:00"}};
    for (const auto& [column, cell] : other) cells[column] = cell;
    return cells;
  }

  Files Stock(const std::vector<Cells>& establishments, const std::vector<Cells>& units = {}) {
    Files files = {{"StockEtablissement.csv", Csv(establishment_columns_, establishments)}};
    if (!units.empty()) files["StockUniteLegale.csv"] = Csv(unit_columns_, units);
    return files;
  }

  Cells Closed() const {
    return Establishment(closing_,
                         {{"etatAdministratifEtablissement", "F"}, {"dateDebut", "2026-11-01"}});
  }

  int Published(const std::string& siret) {
    constexpr database::Statement kPublished{
        "test_published", "SELECT count(*) FROM offers WHERE siret = $1 AND published"};
    const auto rows = database_->Query(absl::Now() + absl::Seconds(30), kPublished, siret);
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.ok() ? (*rows)[0][0].as<int>() : -1;
  }

  absl::StatusOr<pb::Company> Company(const std::string& siret) {
    pb::GetCompanyRequest request;
    request.set_name("companies/" + siret);
    return api_.GetCompany(call_, request);
  }

  std::vector<std::string> establishment_columns_;
  std::vector<std::string> unit_columns_;
  std::string closing_;
  std::string moving_;
};

TEST_F(SireneTest, AClosedCompanyShowsNothingAnyMore) {
  const int published = Published(closing_);
  ASSERT_GT(published, 1);
  const int64_t closed_sessions = Events("SessionClosed");
  const int64_t steps_before = Events("OfferChanged");
  const type::ImportReport report = MustImport("sirene", Stock({Closed()}));
  EXPECT_EQ(Counts(report, "companies"), "1 0 1 0 1");
  EXPECT_EQ(Published(closing_), 0);
  EXPECT_EQ(Events("OfferChanged"), steps_before + published);
  EXPECT_GT(Events("SessionClosed"), closed_sessions);
  const auto company = Company(closing_);
  ASSERT_TRUE(company.ok()) << company.status();
  EXPECT_EQ(company->offer_count(), 0);
  const auto steps = Ask({"test_steps",
                          "SELECT DISTINCT t.party, t.why, o.state, o.state_why, o.state_party, "
                          "c.closed_time = '2026-11-01 00:00+01' FROM offer_transitions t "
                          "JOIN offers o ON o.id = t.offer_id JOIN companies c USING (siret) "
                          "WHERE t.party = 'SYSTEM'"});
  ASSERT_EQ(steps.size(), 1);
  EXPECT_STREQ(steps[0][0].c_str(), "SYSTEM");
  EXPECT_STREQ(steps[0][1].c_str(), "COMPANY_CLOSED");
  EXPECT_EQ(steps[0][2].as<int>(), 4);
  EXPECT_STREQ(steps[0][3].c_str(), "COMPANY_CLOSED");
  EXPECT_STREQ(steps[0][4].c_str(), "SYSTEM");
  EXPECT_TRUE(steps[0][5].as<bool>());
  CatchUp();
  pb::SearchOffersRequest search;
  search.add_companies(closing_);
  const auto found = api_.SearchOffers(call_, search);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->total_size(), 0);

  // The same again changes nothing; open again, it shows nothing by itself.
  const int64_t events = Events("OfferChanged") + Events("SessionClosed");
  EXPECT_EQ(Counts(MustImport("sirene", Stock({Closed()})), "companies"), "1 0 0 0 0");
  EXPECT_EQ(Events("OfferChanged") + Events("SessionClosed"), events);
  EXPECT_EQ(Counts(MustImport("sirene", Stock({Establishment(closing_)})), "companies"),
            "1 0 1 0 0");
  EXPECT_EQ(Published(closing_), 0);
  EXPECT_TRUE(Ask({"test_open", "SELECT FROM companies WHERE closed_time IS NOT NULL"}).empty());
}

TEST_F(SireneTest, AClosedCompanyThatAskedNotToBeFoundShowsNothingEither) {
  const auto before = Company(closing_);
  ASSERT_TRUE(before.ok());
  const int shown = Published(moving_);
  // INSEE masks where it is; a company that nobody knows stays unknown.
  const Cells masked = {
      {"statutDiffusionEtablissement", "P"}, {"etatAdministratifEtablissement", "F"},
      {"dateDebut", "2026-11-01"},           {"codePostalEtablissement", "[ND]"},
      {"codeCommuneEtablissement", "[ND]"},  {"libelleVoieEtablissement", "[ND]"}};
  const Files stock =
      Stock({Establishment(closing_, masked), Establishment("73282932000074", masked),
             Establishment(moving_, {{"statutDiffusionEtablissement", "P"}})});
  const type::ImportReport report = MustImport("sirene", stock);
  EXPECT_EQ(Counts(report, "companies"), "3 0 1 0 1");
  EXPECT_THAT(report.warnings(), Contains(HasSubstr("3 établissement(s) non diffusible")));
  EXPECT_THAT(report.warnings(), Not(Contains(HasSubstr("commune inconnue"))));
  EXPECT_EQ(Published(closing_), 0);
  EXPECT_EQ(Published(moving_), shown);
  EXPECT_FALSE(Company("73282932000074").ok());
  const auto after = Company(closing_);
  ASSERT_TRUE(after.ok());
  EXPECT_EQ(after->display_name(), before->display_name());
  EXPECT_EQ(after->place().street(), before->place().street());
  EXPECT_EQ(after->naf().code(), before->naf().code());
  const auto closed = Ask({"test_hidden",
                           "SELECT closed_time = '2026-11-01 00:00+01' FROM companies "
                           "WHERE closed_time IS NOT NULL"});
  ASSERT_EQ(closed.size(), 1);
  EXPECT_TRUE(closed[0][0].as<bool>());
  EXPECT_EQ(Counts(MustImport("sirene", stock), "companies"), "3 0 0 0 0");
}

TEST_F(SireneTest, BringsAddressesAndActivitiesUpToDateAndLeavesWhatTheAgencyWrote) {
  const auto before = Company(moving_);
  ASSERT_TRUE(before.ok());
  const int64_t scheduled = Events("SessionScheduled");
  const Files stock = Stock({Establishment(moving_, {{"enseigne1Etablissement", "AUTRE NOM"}})});
  EXPECT_EQ(Counts(MustImport("sirene", stock), "companies"), "1 0 1 0 0");
  const auto after = Company(moving_);
  ASSERT_TRUE(after.ok());
  EXPECT_EQ(after->display_name(), before->display_name());
  EXPECT_EQ(after->description(), before->description());
  EXPECT_EQ(after->place().street(), "12 RUE DU FOUR");
  EXPECT_EQ(after->naf_code(), "10.71C");
  EXPECT_GT(Events("SessionScheduled"), scheduled);
  EXPECT_EQ(Published(moving_), before->offer_count());
  EXPECT_EQ(Counts(MustImport("sirene", stock), "companies"), "1 0 0 0 0");

  // NAF 2025 comes beside rev. 2, which the chamber follows from.
  MustImport("sirene",
             Stock({Establishment(moving_,
                                  {{"activitePrincipaleEtablissement", "10.71Y"},
                                   {"nomenclatureActivitePrincipaleEtablissement", "NAF2025"}})}));
  const auto both = Company(moving_);
  ASSERT_TRUE(both.ok());
  EXPECT_EQ(both->naf().code(), "10.71C");
  EXPECT_EQ(both->naf2025().code(), "10.71Y");
}

TEST_F(SireneTest, AddsCompaniesThatAreOpenAndHaveAName) {
  const Cells natural = {{"siren", "552100554"},
                         {"statutDiffusionUniteLegale", "O"},
                         {"nomUniteLegale", "DUPONT"},
                         {"prenom1UniteLegale", "MARIE"},
                         {"categorieJuridiqueUniteLegale", "1000"}};
  const type::ImportReport report = MustImport(
      "sirene", Stock({Establishment("73282932000074", {{"enseigne1Etablissement", "AU BON PAIN"}}),
                       Establishment("55210055400013"),
                       Establishment("35600000000048", {{"statutDiffusionEtablissement", "P"}}),
                       Establishment("35600000000051", {{"etatAdministratifEtablissement", "F"}}),
                       Establishment("35600000000060", {{"codeCommuneEtablissement", "61999"}})},
                      {natural}));
  EXPECT_EQ(Counts(report, "companies"), "5 1 0 0 0");
  EXPECT_THAT(report.warnings(),
              AllOf(Contains(HasSubstr("1 établissement(s) non diffusible")),
                    Contains(HasSubstr("1 établissement(s) dans une commune inconnue")),
                    Contains(HasSubstr("1 établissement(s) sans nom commercial"))));
  const auto added = Company("73282932000074");
  ASSERT_TRUE(added.ok()) << added.status();
  EXPECT_EQ(added->display_name(), "AU BON PAIN");
  EXPECT_EQ(added->siren(), "732829320");
  EXPECT_FALSE(Company("55210055400013").ok());
  EXPECT_TRUE(
      Ask({"test_names", "SELECT FROM companies WHERE display_name LIKE '%DUPONT%'"}).empty());
}

TEST_F(SireneTest, AnAgencyChangesItsOwnTerritoryAlone) {
  rpc::Call agency;
  OpenCall(agency, {auth::Role::kAgency});
  agency.caller.territory = {"14"};
  const int published = Published(closing_);
  const Files stock = Stock(
      {Closed(), Establishment("73282932000074", {{"enseigne1Etablissement", "AU BON PAIN"}})});
  const auto report = Import(agency, "sirene", stock);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(Counts(*report, "companies"), "2 0 0 0 0");
  EXPECT_EQ(Published(closing_), published);
  agency.caller.territory = {"61"};
  EXPECT_EQ(Counts(*Import(agency, "sirene", stock), "companies"), "2 1 1 0 1");
}

}  // namespace
}  // namespace dm::catalogue
