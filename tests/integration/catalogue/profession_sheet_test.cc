#include "tests/integration/catalogue/catalogue_world.h"

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

namespace dm::catalogue {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class ProfessionSheetTest : public CatalogueTest {
 protected:
  pb::Profession Sheet(const std::string& code) {
    pb::GetProfessionRequest request;
    request.set_name("professions/" + code);
    const auto sheet = api_.GetProfession(call_, request);
    EXPECT_TRUE(sheet.ok()) << sheet.status();
    return sheet.value_or(pb::Profession());
  }

  int Found(const std::function<void(pb::SearchProfessionsRequest&)>& filter) {
    pb::SearchProfessionsRequest request;
    filter(request);
    const auto found = api_.SearchProfessions(call_, request);
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() ? found->total_size() : -1;
  }
};

TEST_F(ProfessionSheetTest, TellsAllThatTheExportSaysOfAProfession) {
  if (!testing::HasReference(kRomeFolder)) GTEST_SKIP() << "without the reference files";
  MustImport("rome", ReferenceRome());
  const pb::Profession baker = Sheet("D1102");
  EXPECT_EQ(baker.display_name(), "Boulanger / Boulangère");
  EXPECT_EQ(baker.domain().name(), "domains/D11");
  EXPECT_EQ(baker.domain().display_name(), "Commerce alimentaire et métiers de bouche");
  EXPECT_EQ(baker.domain().grand_domain(), "D");
  EXPECT_EQ(baker.domain().grand_domain_display_name(), "Commerce, Vente et Grande distribution");
  ASSERT_EQ(baker.sub_sectors_size(), 1);
  EXPECT_EQ(baker.sub_sectors(0).name(), "subSectors/124");
  EXPECT_EQ(baker.sub_sectors(0).display_name(), "Commerce de détail");
  EXPECT_EQ(baker.ecological_transition(), pb::ECOLOGICAL_TRANSITION_WHITE);
  EXPECT_EQ(baker.digital_transition(), pb::STATED_NO);
  EXPECT_EQ(baker.regulated(), pb::STATED_NO);
  EXPECT_THAT(baker.themes(), IsEmpty());

  ASSERT_EQ(baker.skills_size(), 31);
  const auto is_main = [](const pb::Skill& skill) { return skill.core() == pb::Skill::CORE_MAIN; };
  EXPECT_EQ(std::count_if(baker.skills().begin(), baker.skills().end(), is_main), 12);
  EXPECT_TRUE(std::all_of(baker.skills().begin(), baker.skills().begin() + 12, is_main));
  EXPECT_EQ(baker.skills(0).kind(), pb::Skill::KIND_KNOW_HOW);
  EXPECT_FALSE(baker.skills(0).category().empty());
  EXPECT_EQ(
      std::count_if(baker.skills().begin(), baker.skills().end(),
                    [](const pb::Skill& skill) { return skill.kind() == pb::Skill::KIND_SOFT; }),
      4);
  ASSERT_EQ(baker.knowledge_size(), 24);
  EXPECT_EQ(baker.knowledge(0).code(), "101738");
  EXPECT_EQ(baker.knowledge(0).display_name(), "Caractéristiques des farines levure, additifs");
  EXPECT_EQ(baker.knowledge(0).category(), "Produits, outils et matières");
  EXPECT_EQ(baker.knowledge(0).kind(), pb::Skill::KIND_KNOWLEDGE);
  ASSERT_EQ(baker.work_contexts_size(), 8);
  EXPECT_EQ(baker.work_contexts(0).code(), "300795");
  EXPECT_EQ(baker.work_contexts(0).kind(), "Conditions de travail et risques professionnels");
  EXPECT_EQ(baker.work_contexts(7).display_name(), "Établissement de restauration collective");
  ASSERT_EQ(baker.related_size(), 10);
  EXPECT_EQ(baker.related(0).name(), "professions/D1104");
  EXPECT_THAT(baker.related(0).display_name(), StartsWith("Pâtissier"));
  EXPECT_EQ(baker.related(0).rank(), 1);
  EXPECT_EQ(baker.related(9).name(), "professions/D1101");
  EXPECT_EQ(baker.source(), "Source : France Travail, ROME 4.0 version 58 du 16/12/2024");

  const pb::Profession farmer = Sheet("A1101");
  ASSERT_EQ(farmer.themes_size(), 1);
  EXPECT_EQ(farmer.themes(0).name(), "themes/001");
  EXPECT_THAT(farmer.themes(0).description(), HasSubstr("espaces verts"));
  EXPECT_EQ(farmer.digital_transition(), pb::STATED_UNSPECIFIED);
  EXPECT_EQ(farmer.executive(), pb::STATED_UNSPECIFIED);
}

TEST_F(ProfessionSheetTest, LeavesOutWhatIsNoLongerInRome) {
  if (!testing::HasReference(kRomeFolder)) GTEST_SKIP() << "without the reference files";
  MustImport("rome", ReferenceRome());
  // The demonstration has 67 professions and no word of the others' skills.
  MustImport("rome", SeedRome());
  const pb::Profession baker = Sheet("D1102");
  EXPECT_EQ(baker.skills_size(), 31);
  EXPECT_EQ(baker.domain().name(), "domains/D11");
  for (const pb::RelatedProfession& related : baker.related()) {
    EXPECT_FALSE(Sheet(related.name().substr(12)).obsolete()) << related.name();
  }
  EXPECT_LT(baker.related_size(), 10);
}

TEST_F(ProfessionSheetTest, OfTheDemonstrationIsWholeAsFarAsItGoes) {
  MustImport("rome", SeedRome());
  const pb::Profession gardener = Sheet("A1203");
  EXPECT_FALSE(gardener.has_domain());
  EXPECT_THAT(gardener.skills(), IsEmpty());
  EXPECT_EQ(gardener.ecological_transition(), pb::ECOLOGICAL_TRANSITION_STRATEGIC);
  EXPECT_EQ(gardener.executive(), pb::STATED_NO);
  EXPECT_THAT(gardener.source(), StartsWith("Source : France Travail, ROME 4.0 version 58"));
}

TEST_F(ProfessionSheetTest, SectorsAndInterestsAreDescribed) {
  if (!testing::HasReference(kRomeFolder)) GTEST_SKIP() << "without the reference files";
  MustImport("rome", ReferenceRome());
  pb::ListSectorsRequest sectors_request;
  sectors_request.set_page_size(100);
  const auto sectors = api_.ListSectors(call_, sectors_request);
  ASSERT_TRUE(sectors.ok()) << sectors.status();
  ASSERT_EQ(sectors->sectors_size(), 35);
  const auto architecture =
      std::find_if(sectors->sectors().begin(), sectors->sectors().end(),
                   [](const pb::Sector& sector) { return sector.name() == "sectors/98"; });
  ASSERT_NE(architecture, sectors->sectors().end());
  EXPECT_THAT(architecture->description(), StartsWith("Garantir la conformité"));
  std::vector<std::string> parts;
  for (const pb::SubSector& part : architecture->sub_sectors()) {
    parts.push_back(part.display_name());
  }
  EXPECT_THAT(parts, ElementsAre("Architecture", "Étude des sols et des bâtiments", "Normes"));

  pb::ListInterestsRequest interests_request;
  interests_request.set_page_size(100);
  const auto interests = api_.ListInterests(call_, interests_request);
  ASSERT_TRUE(interests.ok()) << interests.status();
  ASSERT_EQ(interests->interests_size(), 30);
  for (const pb::Interest& interest : interests->interests()) {
    EXPECT_FALSE(interest.description().empty()) << interest.name();
  }
}

TEST_F(ProfessionSheetTest, SearchesAreNarrowedByAllThatTheExportSays) {
  if (!testing::HasReference(kRomeFolder)) GTEST_SKIP() << "without the reference files";
  MustImport("rome", ReferenceRome());
  CatchUp();
  struct Case {
    const char* what;
    std::function<void(pb::SearchProfessionsRequest&)> filter;
    int found;
  };
  using Request = pb::SearchProfessionsRequest;
  // What the files have, counted by other means.
  const std::vector<Case> cases = {
      {"nothing", [](Request&) {}, 1056},
      {"a sector", [](Request& r) { r.add_sectors("84"); }, 98},
      {"an interest", [](Request& r) { r.add_interests("1"); }, 141},
      {"a letter", [](Request& r) { r.add_riasec("R"); }, 568},
      {"green", [](Request& r) { r.add_ecological_transitions(pb::ECOLOGICAL_TRANSITION_GREEN); },
       45},
      {"brown or strategic",
       [](Request& r) {
         r.add_ecological_transitions(pb::ECOLOGICAL_TRANSITION_BROWN);
         r.add_ecological_transitions(pb::ECOLOGICAL_TRANSITION_STRATEGIC);
       },
       25 + 154},
      {"digital", [](Request& r) { r.set_digital_transition_only(true); }, 85},
      {"demographic", [](Request& r) { r.set_demographic_transition_only(true); }, 68},
      {"a theme", [](Request& r) { r.add_themes("001"); }, 123},
      {"one of two themes",
       [](Request& r) {
         r.add_themes("001");
         r.add_themes("009");
       },
       183},
      {"a domain", [](Request& r) { r.add_domains("A11"); }, 2},
      {"a sector, and green",
       [](Request& r) {
         r.add_sectors("84");
         r.add_ecological_transitions(pb::ECOLOGICAL_TRANSITION_GREEN);
       },
       5},
  };
  for (const Case& one : cases) EXPECT_EQ(Found(one.filter), one.found) << one.what;

  pb::SearchProfessionsRequest request;
  request.set_query("boulanger");
  const auto found = api_.SearchProfessions(call_, request);
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_GT(found->professions_size(), 0);
  EXPECT_EQ(found->professions(0).domain().name(), "domains/D11");
  EXPECT_EQ(found->professions(0).regulated(), pb::STATED_NO);
  // The sheet has the rest.
  EXPECT_THAT(found->professions(0).skills(), IsEmpty());
}

}  // namespace
}  // namespace dm::catalogue
