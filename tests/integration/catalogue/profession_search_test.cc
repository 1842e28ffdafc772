#include "tests/integration/catalogue/search_world.h"

#include <set>

namespace dm::catalogue {
namespace {

using ::testing::ElementsAre;

TEST_F(SearchTest, ListsSectorsByNameAndInterestsByCode) {
  pb::ListSectorsRequest request;
  request.set_page_size(10);
  const auto names = AllPages(
      request, [this](const auto& r) { return *api_.ListSectors(call_, r); },
      [](const auto& response) { return response.sectors(); });
  EXPECT_EQ(names.size(), 35u);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 35u);
  EXPECT_EQ(names.front(), "sectors/110");
  pb::ListInterestsRequest interests;
  interests.set_page_size(7);
  const auto codes = AllPages(
      interests, [this](const auto& r) { return *api_.ListInterests(call_, r); },
      [](const auto& response) { return response.interests(); });
  ASSERT_EQ(codes.size(), 30u);
  EXPECT_EQ(codes[0], "interests/1");
  EXPECT_EQ(codes[1], "interests/2");
  EXPECT_EQ(codes[29], "interests/30");
}

TEST_F(SearchTest, ListsAllProfessionsInAlphabeticalOrderWithoutGapsOrRepeats) {
  pb::SearchProfessionsRequest request;
  request.set_page_size(9);
  const auto names = AllPages(
      request, [this](const auto& r) { return Professions(r); },
      [](const auto& response) { return response.professions(); });
  EXPECT_EQ(names.size(), 67u);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 67u);
  EXPECT_EQ(Professions(request).total_size(), 67);
}

TEST_F(SearchTest, AProfessionIsFoundByItsJobTitlesWhichAreTold) {
  pb::SearchProfessionsRequest request;
  request.set_query("boulangère-viennoisière");
  const auto found = Professions(request);
  ASSERT_GT(found.professions_size(), 0);
  EXPECT_EQ(found.professions(0).rome_code(), "D1102");
  ASSERT_EQ(found.professions(0).appellations_size(), 1);
  EXPECT_EQ(found.professions(0).appellations(0).code(), "38444");
  pb::GetProfessionRequest get;
  get.set_name("professions/D1102");
  const auto profession = api_.GetProfession(call_, get);
  ASSERT_TRUE(profession.ok()) << profession.status();
  EXPECT_GE(profession->appellations_size(), 7);
  EXPECT_EQ(profession->riasec(), "R");
  EXPECT_FALSE(profession->definition().empty());
  EXPECT_GT(profession->sectors_size(), 0);
  EXPECT_GT(profession->interests_size(), 0);
  get.set_name("professions/Z9999");
  EXPECT_EQ(api_.GetProfession(call_, get).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(SearchTest, TellsWhereTheWordsStandInProfessionsAndCompanies) {
  pb::SearchProfessionsRequest profession;
  profession.set_query("boulanger");
  const auto found = Professions(profession);
  ASSERT_GT(found.professions_size(), 0);
  ASSERT_GT(found.professions(0).highlights_size(), 0);
  const pb::Highlight& highlight = found.professions(0).highlights(0);
  ASSERT_GT(highlight.ranges_size(), 0);
  EXPECT_EQ(highlight.ranges(0).start(), 0);
  pb::SearchCompaniesRequest company;
  company.set_query("lemoine");
  const auto companies = Companies(company);
  ASSERT_GT(companies.companies_size(), 0);
  EXPECT_GT(companies.companies(0).highlights_size(), 0);
}

TEST_F(SearchTest, ProfessionsAreFilteredByAllConditionsAtOnce) {
  pb::SearchProfessionsRequest request;
  request.add_riasec("A");
  const int artistic = Professions(request).total_size();
  EXPECT_GT(artistic, 0);
  EXPECT_LT(artistic, 67);
  request.add_riasec("R");
  EXPECT_GT(Professions(request).total_size(), artistic);
  request.add_sectors("110");
  EXPECT_EQ(Professions(request).total_size(), 0);
  request.clear_riasec();
  EXPECT_GT(Professions(request).total_size(), 0);
  request.clear_sectors();
  request.add_interests("1");
  EXPECT_GT(Professions(request).total_size(), 0);
}

TEST_F(SearchTest, ProfessionsPageWithoutGapsOrRepeatsWithWords) {
  pb::SearchProfessionsRequest request;
  request.set_query("technicien vendeur conducteur");
  const int total = Professions(request).total_size();
  EXPECT_GT(total, 5);
  request.set_page_size(2);
  const auto names = AllPages(
      request, [this](const auto& r) { return Professions(r); },
      [](const auto& response) { return response.professions(); });
  EXPECT_EQ(names.size(), static_cast<size_t>(total));
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
}

TEST_F(SearchTest, CompletesWhatIsTyped) {
  CatchUp();
  pb::SuggestProfessionsRequest request;
  const auto suggest = [&](const std::string& query) {
    request.set_query(query);
    const auto response = api_.SuggestProfessions(call_, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(pb::SuggestProfessionsResponse());
  };
  const auto typed = suggest("boulang");
  ASSERT_GT(typed.suggestions_size(), 0);
  EXPECT_LE(typed.suggestions_size(), 10);
  EXPECT_EQ(typed.suggestions(0).profession(), "professions/D1102");
  ASSERT_EQ(typed.suggestions(0).highlights_size(), 1);
  EXPECT_EQ(typed.suggestions(0).highlights(0).ranges(0).start(), 0);
  EXPECT_EQ(suggest("").suggestions_size(), 0);
  EXPECT_EQ(suggest("xyzxyz").suggestions_size(), 0);
  request.set_limit(1);
  EXPECT_EQ(suggest("boulang").suggestions_size(), 1);
  request.set_limit(11);
  Violations violations;
  Validate(request, violations);
  EXPECT_THAT(Fields(violations.ToStatus()), ElementsAre("limit"));
}

}  // namespace
}  // namespace dm::catalogue
