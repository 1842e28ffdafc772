#include "services/gateway/api/gathering.h"
#include "services/gateway/api/page_makers.h"

namespace dm::gateway {
namespace {

namespace ambassador = destinationmetier::ambassador::v1;
namespace catalogue = destinationmetier::catalogue::v1;
namespace pb = destinationmetier::gateway::v1;

constexpr int kShown = 6;
constexpr int kAllSectors = 100;

// A search where the page is looked at from.
template <typename Search>
Search SearchFrom(const pb::GetHomeRequest& request, int shown) {
  Search search;
  *search.mutable_departments() = request.departments();
  if (request.has_lat()) search.set_lat(request.lat());
  if (request.has_lon()) search.set_lon(request.lon());
  if (request.has_radius_km()) search.set_radius_km(request.radius_km());
  search.set_page_size(shown);
  return search;
}

void AskForProfessions(const PageSources& sources, Gathering<pb::Home>& home) {
  catalogue::ListSectorsRequest sectors;
  sectors.set_page_size(kAllSectors);
  home.Side("sectors", sources.catalogue.get(), &CatalogueCalls::ListSectors, sectors,
            [](pb::Home& page, catalogue::ListSectorsResponse& found) {
              page.mutable_sectors()->Swap(found.mutable_sectors());
            });
  // Only the count is wanted.
  catalogue::SearchProfessionsRequest professions;
  professions.set_page_size(1);
  home.Side("profession_count", sources.catalogue.get(), &CatalogueCalls::SearchProfessions,
            professions, [](pb::Home& page, catalogue::SearchProfessionsResponse& found) {
              page.set_profession_count(found.total_size());
            });
}

void AskForAmbassadors(const PageSources& sources, const pb::GetHomeRequest& request,
                       Gathering<pb::Home>& home) {
  home.Side("ambassadors", sources.ambassador.get(), &AmbassadorsCalls::SearchAmbassadors,
            SearchFrom<ambassador::SearchAmbassadorsRequest>(request, kShown),
            [](pb::Home& page, ambassador::SearchAmbassadorsResponse& found) {
              page.mutable_ambassadors()->Swap(found.mutable_ambassadors());
              page.set_ambassador_count(found.total_size());
            });
}

void AskForOffers(const PageSources& sources, const pb::GetHomeRequest& request,
                  Gathering<pb::Home>& home) {
  auto offers = SearchFrom<catalogue::SearchOffersRequest>(request, kShown);
  offers.set_order_by("date");
  offers.set_available_only(true);
  home.Side("offers", sources.catalogue.get(), &CatalogueCalls::SearchOffers, offers,
            [](pb::Home& page, catalogue::SearchOffersResponse& found) {
              page.mutable_offers()->Swap(found.mutable_offers());
              page.set_offer_count(found.total_size());
              page.mutable_department_facets()->Swap(found.mutable_department_facets());
            });
  home.Side("company_count", sources.catalogue.get(), &CatalogueCalls::SearchCompanies,
            SearchFrom<catalogue::SearchCompaniesRequest>(request, 1),
            [](pb::Home& page, catalogue::SearchCompaniesResponse& found) {
              page.set_company_count(found.total_size());
            });
  catalogue::GetStatisticsRequest figures;
  *figures.mutable_departments() = request.departments();
  home.Side("figures", sources.statistics.get(), &StatisticsCalls::GetStatistics, figures,
            [](pb::Home& page, catalogue::GetStatisticsResponse& found) {
              if (found.has_total()) page.mutable_figures()->Swap(found.mutable_total());
            });
}

}  // namespace

void MakeHome(const PageSources& sources, std::shared_ptr<const rpc::Call> call,
              const pb::GetHomeRequest& request, rpc::Done<pb::Home> done) {
  Gathering<pb::Home>::Make(sources.clock, std::move(call), std::move(done), [&](auto& home) {
    AskForProfessions(sources, home);
    AskForAmbassadors(sources, request, home);
    AskForOffers(sources, request, home);
  });
}

}  // namespace dm::gateway
