#include "tests/integration/catalogue/search_world.h"

#include <set>

namespace dm::catalogue {
namespace {

TEST_F(SearchTest, OffersPageWithoutGapsOrRepeatsInEveryOrder) {
  for (const char* order : {"date", "distance", "relevance", ""}) {
    pb::SearchOffersRequest request;
    request.set_order_by(order);
    request.set_lat(kCaligny[0]);
    request.set_lon(kCaligny[1]);
    request.set_radius_km(300);
    request.set_page_size(11);
    const auto names = AllPages(
        request, [this](const auto& r) { return Offers(r); },
        [](const auto& response) { return response.offers(); });
    EXPECT_EQ(names.size(), 96u) << order;
    EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size()) << order;
    EXPECT_EQ(Offers(request).total_size(), 96) << order;
  }
}

TEST_F(SearchTest, PagesStayWholeWhileSessionsPass) {
  pb::SearchOffersRequest request;
  request.set_page_size(10);
  const auto all = AllPages(
      request, [this](const auto& r) { return Offers(r); },
      [](const auto& response) { return response.offers(); });
  std::vector<std::string> names;
  const auto advancing = AllPages(
      request,
      [this](const auto& r) {
        const auto response = Offers(r);
        clock_.Set(clock_.Now() + absl::Hours(2));
        return response;
      },
      [](const auto& response) { return response.offers(); });
  EXPECT_EQ(all, advancing);
}

TEST_F(SearchTest, OffersAroundAPointComeNearestFirstWithTheirDistance) {
  pb::SearchOffersRequest request;
  request.set_lat(kCaligny[0]);
  request.set_lon(kCaligny[1]);
  request.set_radius_km(20);
  request.set_order_by("distance");
  request.set_page_size(100);
  const auto found = Offers(request);
  ASSERT_GT(found.offers_size(), 2);
  double before = 0;
  for (const pb::Offer& offer : found.offers()) {
    EXPECT_LE(offer.distance_km(), 20);
    EXPECT_GE(offer.distance_km(), before - 0.001);
    before = offer.distance_km();
  }
  EXPECT_EQ(found.offers(0).place().commune(), "Caligny");
  EXPECT_LT(found.offers_size(), 96);
  EXPECT_FALSE(Offers({}).offers(0).has_distance_km());
}

TEST_F(SearchTest, NumbersThatAreAllButZeroAreNoTrouble) {
  pb::SearchOffersRequest request;
  request.set_lat(5e-324);
  request.set_lon(-5e-324);
  request.set_radius_km(5e-324);
  request.set_order_by("distance");
  EXPECT_EQ(Offers(request).offers_size(), 0);
  request.set_lat(kCaligny[0]);
  request.set_lon(5e-324);
  EXPECT_EQ(Offers(request).offers_size(), 0);
}

}  // namespace
}  // namespace dm::catalogue
