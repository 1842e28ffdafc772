#include "services/catalogue/domain/words.h"
#include "tests/integration/catalogue/search_world.h"

#include <set>

namespace dm::catalogue {
namespace {

using ::testing::ElementsAre;

TEST_F(SearchTest, FindsThe52CompaniesOfTheOrne) {
  pb::SearchCompaniesRequest request;
  request.add_departments("61");
  const auto first = Companies(request);
  EXPECT_EQ(first.total_size(), 52);
  EXPECT_EQ(first.companies_size(), 20);
  request.set_page_size(7);
  const auto names = AllPages(
      request, [this](const auto& r) { return Companies(r); },
      [](const auto& response) { return response.companies(); });
  EXPECT_EQ(names.size(), 52u);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 52u);
  request.set_page_size(1000);
  std::string before;
  const auto whole = Companies(request);
  for (const pb::Company& company : whole.companies()) {
    EXPECT_EQ(company.place().department(), "61");
    EXPECT_GE(company.offer_count(), 1);
    const std::string key = PlainText(company.display_name());
    EXPECT_LE(before, key);
    before = key;
  }
}

TEST_F(SearchTest, FindsACompanyByItsWordsAndByItsSiret) {
  pb::SearchCompaniesRequest request;
  request.set_query("LEMOINE");
  const auto found = Companies(request);
  ASSERT_EQ(found.total_size(), 1);
  EXPECT_EQ(found.companies(0).name(), "companies/00061001400011");
  pb::GetCompanyRequest get;
  get.set_name("companies/00061001400011");
  const auto company = api_.GetCompany(call_, get);
  ASSERT_TRUE(company.ok()) << company.status();
  EXPECT_EQ(company->place().commune(), "Caligny");
  EXPECT_EQ(company->naf_code(), "13.95Z");
  EXPECT_FALSE(company->demonstration());
  EXPECT_EQ(company->sectors_size(), 2);
  get.set_name("companies/73282932000074");
  EXPECT_EQ(api_.GetCompany(call_, get).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(SearchTest, GetsCompaniesTogetherEachOnceAndLeavesOutWhatIsUnknown) {
  pb::BatchGetCompaniesRequest request;
  for (const char* siret :
       {"00061019600016", "73282932000074", "00061001400011", "00061019600016"}) {
    request.add_names(absl::StrCat("companies/", siret));
  }
  const auto found = api_.BatchGetCompanies(call_, request);
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->companies_size(), 2);
  EXPECT_EQ(found->companies(0).siret(), "00061001400011");
  EXPECT_EQ(found->companies(1).siret(), "00061019600016");
  pb::GetCompanyRequest get;
  get.set_name(found->companies(0).name());
  EXPECT_EQ(api_.GetCompany(call_, get)->SerializeAsString(),
            found->companies(0).SerializeAsString());
}

TEST_F(SearchTest, CompaniesAreFoundAroundAPointByProfessionAndDespiteSpelling) {
  pb::SearchCompaniesRequest request;
  request.set_query("lemione");
  const auto misspelt = Companies(request);
  ASSERT_EQ(misspelt.total_size(), 1);
  EXPECT_EQ(misspelt.companies(0).siret(), "00061001400011");
  EXPECT_EQ(misspelt.companies(0).highlights(0).field(), "display_name");
  request.clear_query();
  request.set_lat(kCaligny[0]);
  request.set_lon(kCaligny[1]);
  request.set_radius_km(20);
  request.set_order_by("distance");
  request.set_page_size(2);
  const auto names = AllPages(
      request, [this](const auto& r) { return Companies(r); },
      [](const auto& response) { return response.companies(); });
  request.set_page_size(100);
  const auto around = Companies(request);
  ASSERT_GT(around.companies_size(), 2);
  EXPECT_EQ(names.size(), static_cast<size_t>(around.companies_size()));
  double before = 0;
  for (const auto& company : around.companies()) {
    EXPECT_GE(company.distance_km(), before - 0.001);
    EXPECT_LE(company.distance_km(), 20);
    before = company.distance_km();
  }
  int sum = 0;
  for (const auto& [code, count] : ToMap(around.department_facets())) sum += count;
  EXPECT_EQ(sum, around.total_size());
  EXPECT_GT(ToMap(around.sector_facets()).size(), 0u);
  request.add_professions("H2405");
  EXPECT_EQ(Companies(request).total_size(), 1);
  pb::SearchCompaniesRequest of_siren;
  of_siren.set_siren("000610014");
  EXPECT_EQ(Companies(of_siren).total_size(), 1);
  of_siren.set_siren("61");
  of_siren.set_order_by("distance");
  Violations violations;
  Validate(of_siren, violations);
  EXPECT_THAT(Fields(violations.ToStatus()), ElementsAre("order_by", "siren"));
}

}  // namespace
}  // namespace dm::catalogue
