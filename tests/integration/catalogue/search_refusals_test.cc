#include "tests/integration/catalogue/search_world.h"

namespace dm::catalogue {
namespace {

using ::testing::ElementsAre;

TEST_F(SearchTest, ATokenOfAnotherQueryIsRefused) {
  pb::SearchOffersRequest request;
  request.set_page_size(5);
  const std::string token = Offers(request).next_page_token();
  ASSERT_FALSE(token.empty());
  request.add_departments("61");
  for (const std::string& wrong : {token, std::string("nonsense"), token.substr(1)}) {
    request.set_page_token(wrong);
    EXPECT_EQ(ErrorReasonOf(api_.SearchOffers(call_, request).status()), "PAGE_TOKEN_INVALID");
    pb::SearchCompaniesRequest companies;
    companies.set_page_token(wrong);
    EXPECT_EQ(ErrorReasonOf(api_.SearchCompanies(call_, companies).status()), "PAGE_TOKEN_INVALID");
    pb::SearchProfessionsRequest professions;
    professions.set_page_token(wrong);
    EXPECT_EQ(ErrorReasonOf(api_.SearchProfessions(call_, professions).status()),
              "PAGE_TOKEN_INVALID");
    pb::ListSectorsRequest sectors;
    sectors.set_page_token(wrong);
    EXPECT_EQ(ErrorReasonOf(api_.ListSectors(call_, sectors).status()), "PAGE_TOKEN_INVALID");
  }
  request.clear_departments();
  request.set_page_token(token);
  clock_.Set(clock_.Now() + absl::Hours(25));
  EXPECT_EQ(ErrorReasonOf(api_.SearchOffers(call_, request).status()), "PAGE_TOKEN_INVALID");
}

TEST_F(SearchTest, NamesAllThatIsWrongAtOnce) {
  pb::SearchOffersRequest request;
  request.set_query(std::string(201, 'a'));
  request.add_departments("99");
  request.add_professions("x");
  request.add_audiences(type::AUDIENCE_UNSPECIFIED);
  request.set_lat(91);
  request.set_from("2026-13-01");
  request.set_order_by("price");
  request.set_page_size(-1);
  request.add_companies("1");
  request.add_work_modes(pb::WORK_MODE_UNSPECIFIED);
  request.add_languages("français");
  request.set_school("61");
  Violations violations;
  Validate(request, violations);
  EXPECT_THAT(Fields(violations.ToStatus()),
              ElementsAre("query", "departments[0]", "professions[0]", "audiences[0]", "lat", "lon",
                          "radius_km", "from", "order_by", "page_size", "companies[0]",
                          "work_modes[0]", "languages[0]", "school"));
  pb::GetOfferRequest offer;
  for (const char* name : {"", "offers/", "offers/1", "companies/x"}) {
    offer.set_name(name);
    Violations wrong;
    Validate(offer, wrong);
    EXPECT_THAT(Fields(wrong.ToStatus()), ElementsAre("name")) << name;
  }
  offer.set_name("offers/019b8dd0-5780-7615-8c22-1e51d9c1fbd0");
  EXPECT_EQ(api_.GetOffer(call_, offer).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace dm::catalogue
