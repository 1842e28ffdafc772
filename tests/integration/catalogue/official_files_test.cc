#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "services/catalogue/api/reference_api.h"
#include "tests/integration/catalogue/catalogue_world.h"
#include "tests/support/reference_files.h"

#include <cstdint>
#include <limits>
#include <set>

namespace dm::catalogue {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kCommunes[] = "geo/communes_normandie.csv";
constexpr char kPostal[] = "geo/base-officielle-codes-postaux_2024-08.csv";
constexpr char kNaf[] = "companies/naf_rev2_5_niveaux.csv";
constexpr char kSchools[] = "schools/lycees_normandie_2024-03.csv";

// The official files other than ROME, as their publishers hand them out.
class OfficialFilesTest : public CatalogueTest {
 protected:
  static Files Official(const std::string& inside) {
    return {{"f.csv", testing::ReadReference(inside)}};
  }

  std::vector<std::string> Communes(const std::string& query,
                                    const std::vector<std::string>& departments = {}) {
    pb::ListCommunesRequest request;
    request.set_query(query);
    for (const std::string& code : departments) request.add_departments(code);
    const auto response = reference_api_.ListCommunes(call_, request);
    EXPECT_TRUE(response.ok()) << response.status();
    std::vector<std::string> found;
    if (!response.ok()) return found;
    for (const pb::Commune& commune : response->communes()) {
      found.push_back(absl::StrCat(commune.display_name(), " (", commune.department(), ")"));
    }
    return found;
  }

  std::string Attribution(const std::string& source) {
    pb::GetSourceRequest request;
    request.set_name("sources/" + source);
    const auto found = reference_api_.GetSource(call_, request);
    return found.ok() ? found->attribution() : absl::StatusCodeToString(found.status().code());
  }

  ReferenceApi reference_api_{database_.get(), &page_tokens_, &clock_};
};

TEST_F(OfficialFilesTest, LaPosteCompletesInsee) {
  if (!testing::HasReference("geo")) GTEST_SKIP() << "without the reference files";
  MustImport("communes", Official(kCommunes));
  const type::ImportReport report = MustImport("communes", Official(kPostal));
  // 35,067 communes: 2,642 of INSEE's 2,644, 12 without a point and one in no département.
  EXPECT_EQ(Counts(report, "postal_codes"), "39193 32412 0 0 0");
  EXPECT_THAT(report.warnings(), SizeIs(13));
  EXPECT_EQ(Counts(MustImport("communes", Official(kPostal)), "postal_codes"), "39193 0 0 0 0");
  EXPECT_EQ(Counts(MustImport("communes", Official(kCommunes)), "communes"), "2644 0 0 0 0");

  // What INSEE says of a commune stays, and merged communes are there without being offered.
  const auto kept = Ask({"test_kept",
                         "SELECT count(*) FILTER (WHERE source = 'COG'),"
                         "       count(*) FILTER (WHERE obsolete AND source = 'LAPOSTE') "
                         "FROM communes WHERE department = ANY ('{14,27,50,61,76}')"});
  EXPECT_EQ(kept[0][0].as<int>(), 2644);
  EXPECT_EQ(kept[0][1].as<int>(), 8);
  EXPECT_THAT(Communes("nonant le pin"), IsEmpty());
  EXPECT_THAT(Communes("abergement clem"), ElementsAre("L Abergement Clemenciat (01)"));

  EXPECT_EQ(Attribution("postal-codes"),
            "Source : La Poste, base officielle des codes postaux, fichier reçu le 23/11/2026");
  EXPECT_EQ(Attribution("naf"), "NOT_FOUND");
}

TEST_F(OfficialFilesTest, LaPosteIsEnoughWhereThereIsNothingElse) {
  if (!testing::HasReference("geo")) GTEST_SKIP() << "without the reference files";
  // The seed has some communes of Normandie: too few to say that the others are of the past.
  MustImport("communes", Seed("communes.csv"));
  MustImport("communes", Official(kPostal));
  EXPECT_THAT(Communes("nonant le pin"), ElementsAre("Nonant le Pin (61)"));
  // INSEE's list takes over what it has and puts away what it has not.
  EXPECT_EQ(Counts(MustImport("communes", Official(kCommunes)), "communes"), "2644 2 2493 0 8");
  EXPECT_THAT(Communes("nonant le pin"), IsEmpty());
  EXPECT_EQ(Counts(MustImport("communes", Official(kPostal)), "postal_codes"), "39193 0 0 0 0");
}

TEST_F(OfficialFilesTest, CommunesAreFoundAsTheyAreTyped) {
  if (!testing::HasReference("geo")) GTEST_SKIP() << "without the reference files";
  MustImport("communes", Official(kCommunes));
  EXPECT_EQ(Communes("havre").front(), "Le Havre (76)");
  EXPECT_EQ(Communes("st lo").front(), "Saint-Lô (50)");
  EXPECT_EQ(Communes("SAINT-L").front(), "Saint-Lô (50)");
  EXPECT_EQ(Communes("caen").front(), "Caen (14)");
  EXPECT_THAT(Communes("61100"), Contains("Flers (61)"));
  EXPECT_THAT(Communes("saint germain", {"61"}), Contains("Saint-Germain-du-Corbéis (61)"));
  EXPECT_THAT(Communes("saint germain", {"61"}), ::testing::Each(HasSubstr("(61)")));
  EXPECT_THAT(Communes("xyzzy"), IsEmpty());
  EXPECT_THAT(Communes("' :* | zzz"), IsEmpty());
}

TEST_F(OfficialFilesTest, PagesOfCommunesHoldEachOnce) {
  if (!testing::HasReference("geo")) GTEST_SKIP() << "without the reference files";
  MustImport("communes", Official(kCommunes));
  for (const char* query : {"", "saint"}) {
    std::set<std::string> seen;
    int32_t population = std::numeric_limits<int32_t>::max();
    pb::ListCommunesRequest request;
    request.set_query(query);
    request.set_page_size(100);
    do {
      const auto page = reference_api_.ListCommunes(call_, request);
      ASSERT_TRUE(page.ok()) << page.status();
      for (const pb::Commune& commune : page->communes()) {
        EXPECT_TRUE(seen.insert(commune.name()).second) << commune.name();
        if (*query == '\0') continue;
        EXPECT_LE(commune.population(), population);
        population = commune.population();
      }
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    const auto expected =
        Ask(*query == '\0' ? database::Statement{"test_all", "SELECT count(*) FROM communes"}
                           : database::Statement{"test_saints",
                                                 "SELECT count(*) FROM communes "
                                                 "WHERE ' ' || sort_key LIKE '% saint%'"});
    EXPECT_EQ(static_cast<int>(seen.size()), expected[0][0].as<int>()) << query;
  }
}

TEST_F(OfficialFilesTest, CompaniesAreShownWithTheirActivity) {
  if (!testing::HasReference(kNaf)) GTEST_SKIP() << "without the reference files";
  ImportSeed();
  EXPECT_EQ(Counts(MustImport("naf", Official(kNaf)), "naf_codes"), "732 1728 0 0 0");
  EXPECT_EQ(Counts(MustImport("naf", Official(kNaf)), "naf_codes"), "732 0 0 0 0");
  const auto levels = Ask({"test_levels",
                           "SELECT string_agg(n::text, ' ' ORDER BY level) FROM "
                           "(SELECT level, count(*) AS n FROM naf_codes GROUP BY level) AS l"});
  EXPECT_STREQ(levels[0][0].c_str(), "21 88 272 615 732");
  // Rev. 2 under the name of its successor.
  const auto mistaken = Import(operator_, "naf2025", Official(kNaf));
  EXPECT_THAT(Cause(mistaken.status()), HasSubstr("cette nomenclature est NAFRev2"));

  Files renamed = Official(kNaf);
  absl::StrReplaceAll({{"01.11Z", "01.11Y"}}, &renamed["f.csv"]);
  EXPECT_EQ(Counts(MustImport("naf2025", renamed), "naf_codes"), "732 1728 0 0 0");
  // A code that is not in the list any more stays with the companies that have it.
  Files newer = Official(kNaf);
  absl::StrReplaceAll({{"01.11Z", "01.11W"}, {"Culture du riz", "Culture de riz"}},
                      &newer["f.csv"]);
  EXPECT_EQ(Counts(MustImport("naf", newer), "naf_codes"), "732 1 2 0 1");
  const auto known = Ask({"test_company",
                          "SELECT siret FROM companies JOIN naf_codes n ON n.code = naf_code "
                          "AND n.nomenclature = 'NAFRev2' ORDER BY siret LIMIT 1"});
  ASSERT_FALSE(known.empty());
  pb::GetCompanyRequest request;
  request.set_name(absl::StrCat("companies/", known[0][0].c_str()));
  const auto company = api_.GetCompany(call_, request);
  ASSERT_TRUE(company.ok()) << company.status();
  EXPECT_EQ(company->naf().nomenclature(), "NAFRev2");
  EXPECT_EQ(company->naf().code(), company->naf_code());
  EXPECT_FALSE(company->naf().label().empty());
  EXPECT_THAT(Attribution("naf"), HasSubstr("INSEE"));
}

TEST_F(OfficialFilesTest, SchoolsAreFoundByTheirNamesAndCommunes) {
  if (!testing::HasReference("schools")) GTEST_SKIP() << "without the reference files";
  MustImport("communes", {{"a.csv", testing::ReadReference(kCommunes)},
                          {"b.csv", testing::ReadReference(kPostal)}});
  const type::ImportReport report = MustImport("schools", Official(kSchools));
  EXPECT_EQ(Counts(report, "schools"), "291 290 0 0 0");
  EXPECT_THAT(report.warnings(), ElementsAre(AllOf(HasSubstr("f.csv, ligne 243 : l'établissement "
                                                             "0761735Y est déjà ligne 242"))));
  EXPECT_EQ(Counts(MustImport("schools", Official(kSchools)), "schools"), "291 0 0 0 0");
  EXPECT_THAT(Attribution("schools"), HasSubstr("annuaire de l'éducation du 19/03/2024"));

  const auto names = [this](const std::string& query, const std::string& department) {
    pb::ListSchoolsRequest request;
    request.set_query(query);
    if (!department.empty()) request.add_departments(department);
    const auto found = reference_api_.ListSchools(call_, request);
    EXPECT_TRUE(found.ok()) << found.status();
    std::vector<std::string> schools;
    if (!found.ok()) return schools;
    for (const pb::School& school : found->schools()) {
      schools.push_back(absl::StrCat(school.name(), " ", school.display_name()));
    }
    return schools;
  };
  EXPECT_THAT(names("malherb", ""), ElementsAre("schools/0140013N Lycée Malherbe"));
  EXPECT_THAT(names("chartier bayeux", "14"), ElementsAre("schools/0140004D Lycée Alain Chartier"));
  EXPECT_THAT(names("malherbe", "61"), IsEmpty());

  pb::ListSchoolsRequest request;
  request.set_page_size(100);
  std::set<std::string> seen;
  do {
    const auto page = reference_api_.ListSchools(call_, request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const pb::School& school : page->schools()) seen.insert(school.name());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(seen.size(), 290);

  // A school of another département's is not this agency's to write.
  rpc::Call agency;
  OpenCall(agency, {auth::Role::kAgency});
  agency.caller.territory = {"14", "61"};
  EXPECT_EQ(Where(Import(agency, "schools", Official(kSchools)).status()), "f.csv:64");
}

TEST_F(OfficialFilesTest, ASchoolInACommuneThatIsUnknownIsLeftOut) {
  if (!testing::HasReference("schools")) GTEST_SKIP() << "without the reference files";
  MustImport("communes", Official(kCommunes));
  const type::ImportReport report = MustImport("schools", Official(kSchools));
  EXPECT_EQ(Counts(report, "schools"), "291 289 0 0 0");
  EXPECT_THAT(report.warnings(), Contains(HasSubstr("la commune 61310")));
}

TEST_F(OfficialFilesTest, DamagedCopiesChangeNothing) {
  if (!testing::HasReference("geo")) GTEST_SKIP() << "without the reference files";
  MustImport("communes", {{"a.csv", testing::ReadReference(kCommunes)},
                          {"b.csv", testing::ReadReference(kPostal)}});
  struct Damage {
    const char* kind;
    const char* file;
    const char* right;
    const char* wrong;
    const char* where;
  };
  const Damage cases[] = {
      {"communes", kPostal, "\"01002\"", "\"1002\"", "f.csv:3"},
      {"communes", kPostal, "\"01400\"", "\"1400\"", "f.csv:2"},
      {"communes", kPostal, "46.007131,5.4246442", "46.007131", "f.csv:3"},
      {"communes", kPostal, "\"L ABERGEMENT DE VAREY\",\"01640\"", "\"L ABERGEMENT\"", "f.csv:3"},
      {"communes", kCommunes, "14003,Agy", "14001,Agy", "f.csv:3"},
      {"communes", kCommunes, ",320,", ",beaucoup,", "f.csv:3"},
      {"naf", kNaf, "\"01.12Z\"", "\"1.12Z\"", "f.csv:3"},
      {"naf", kNaf, "\"01.12\"", "\"02.12\"", "f.csv:3"},
      {"schools", kSchools, "0140005E", "0140005F", "f.csv:3"},
      {"schools", kSchools, ";14047;Bayeux;014;;", ";14047;Bayeux;14;;", "f.csv:3"},
      {"schools", kSchools, "Lycée Alain", "\"Lycée Alain", "f.csv:2"},
  };
  for (const Damage& damage : cases) {
    std::string content = testing::ReadReference(damage.file);
    const size_t at = content.find(damage.right);
    ASSERT_NE(at, std::string::npos) << damage.right;
    content.replace(at, std::string(damage.right).size(), damage.wrong);
    const auto report = Import(operator_, damage.kind, {{"f.csv", content}});
    EXPECT_EQ(Where(report.status()), damage.where)
        << damage.right << " " << Cause(report.status());
  }
  const std::string schools = testing::ReadReference(kSchools);
  const std::vector<std::string> lines = absl::StrSplit(schools, '\n');
  // Two files pasted together, a byte that is no text, and a file for another import.
  EXPECT_EQ(Where(Import(operator_, "schools", {{"f.csv", schools + lines[0] + "\n"}}).status()),
            "f.csv:293");
  EXPECT_EQ(Where(Import(operator_, "schools",
                         {{"f.csv", lines[0] + "\n" + lines[1] + std::string(1, '\0')}})
                      .status()),
            "f.csv:2");
  const auto other = Import(operator_, "naf", Official(kSchools));
  EXPECT_THAT(Cause(other.status()), HasSubstr("que prend l'import schools"));
  const auto rows = Ask(
      {"test_rows", "SELECT (SELECT count(*) FROM naf_codes) + (SELECT count(*) FROM schools)"});
  EXPECT_EQ(rows[0][0].as<int>(), 0);
  EXPECT_EQ(Counts(MustImport("communes", Official(kPostal)), "postal_codes"), "39193 0 0 0 0");
}

TEST_F(OfficialFilesTest, ADryRunTellsAndChangesNothing) {
  if (!testing::HasReference(kNaf)) GTEST_SKIP() << "without the reference files";
  const auto report = Import(operator_, "naf", Official(kNaf), true);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(Counts(*report, "naf_codes"), "732 1728 0 0 0");
  EXPECT_EQ(Attribution("naf"), "NOT_FOUND");
  EXPECT_EQ(Counts(MustImport("naf", Official(kNaf)), "naf_codes"), "732 1728 0 0 0");
}

TEST_F(OfficialFilesTest, ThemesAndDomainsAreListedByCode) {
  Ask({"test_add_themes",
       "INSERT INTO rome_themes (code, label, description, obsolete) VALUES "
       "('002', 'Numérique', 'Ce qui se calcule', false), ('001', 'Climat', '', false), "
       "('003', 'Ancien', '', true)"});
  Ask({"test_add_grand_domains",
       "INSERT INTO rome_grand_domains (code, label) VALUES ('A', 'Agriculture')"});
  Ask({"test_add_domains",
       "INSERT INTO rome_domains (code, grand_domain_code, label) VALUES "
       "('A12', 'A', 'Espaces naturels'), ('A11', 'A', 'Engins')"});
  pb::ListThemesRequest themes;
  themes.set_page_size(1);
  const auto first = reference_api_.ListThemes(call_, themes);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->themes(0).name(), "themes/001");
  themes.set_page_token(first->next_page_token());
  const auto second = reference_api_.ListThemes(call_, themes);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->themes(0).description(), "Ce qui se calcule");
  EXPECT_EQ(second->next_page_token(), "");

  const auto domains = reference_api_.ListDomains(call_, {});
  ASSERT_TRUE(domains.ok()) << domains.status();
  ASSERT_EQ(domains->domains_size(), 2);
  EXPECT_EQ(domains->domains(0).name(), "domains/A11");
  EXPECT_EQ(domains->domains(0).grand_domain_display_name(), "Agriculture");

  Ask({"test_add_release",
       "INSERT INTO rome_releases VALUES ('58', '2024-12-16', NULL, 't', '2026-11-23', true)"});
  EXPECT_EQ(Attribution("rome"), "Source : France Travail, ROME 4.0 version 58 du 16/12/2024");
}

TEST_F(OfficialFilesTest, EverydayWordsFindProfessionsUntilTheyAreTakenBack) {
  MustImport("rome", SeedRome());
  const auto first = [this](const std::string& query) -> std::string {
    CatchUp();
    pb::SearchProfessionsRequest request;
    request.set_query(query);
    const auto found = api_.SearchProfessions(call_, request);
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() && found->professions_size() > 0 ? found->professions(0).rome_code()
                                                       : "nothing";
  };
  ASSERT_EQ(first("zinzolin"), "nothing");
  const auto words = [](const std::string& rows) {
    return Files{{"w.csv", "mots;professions\n" + rows}};
  };
  EXPECT_EQ(Where(Import(operator_, "words", words("zinzolin;D1102\ntruc;Z9999\n")).status()),
            "w.csv:3");
  EXPECT_EQ(Counts(MustImport("words", words("zinzolin;D1102\n")), "everyday_words"), "1 1 0 0 0");
  EXPECT_EQ(first("Zinzolins"), "D1102");
  EXPECT_EQ(Counts(MustImport("words", words("zinzolin;D1102\n")), "everyday_words"), "1 0 0 0 0");
  // Other words stay, and words without professions go.
  EXPECT_EQ(Counts(MustImport("words", words("turlututu;D1102\n")), "everyday_words"), "1 1 0 0 0");
  EXPECT_EQ(first("zinzolin"), "D1102");
  EXPECT_EQ(Counts(MustImport("words", words("zinzolin;\n")), "everyday_words"), "1 0 0 0 1");
  EXPECT_EQ(first("zinzolin"), "nothing");
}

}  // namespace
}  // namespace dm::catalogue
