#include "absl/strings/strip.h"
#include "services/gateway/api/gathering.h"
#include "services/gateway/api/page_makers.h"

namespace dm::gateway {
namespace {

namespace ambassador = destinationmetier::ambassador::v1;
namespace catalogue = destinationmetier::catalogue::v1;
namespace pb = destinationmetier::gateway::v1;
using Overview = Gathering<pb::ProfessionOverview>;

constexpr int kShown = 10;

// What shows the profession, where the overview is seen from.
template <typename Search>
Search SearchFor(const pb::GetProfessionOverviewRequest& request) {
  Search search;
  search.add_professions(std::string(absl::StripPrefix(request.name(), "professions/")));
  *search.mutable_departments() = request.departments();
  if (request.has_lat()) search.set_lat(request.lat());
  if (request.has_lon()) search.set_lon(request.lon());
  if (request.has_radius_km()) search.set_radius_km(request.radius_km());
  search.set_page_size(kShown);
  return search;
}

void AskForOffers(const PageSources& sources, const pb::GetProfessionOverviewRequest& request,
                  Overview& overview) {
  auto offers = SearchFor<catalogue::SearchOffersRequest>(request);
  offers.set_order_by("date");
  overview.Side("offers", sources.catalogue.get(), &CatalogueCalls::SearchOffers, offers,
                [](pb::ProfessionOverview& page, catalogue::SearchOffersResponse& found) {
                  page.mutable_offers()->Swap(found.mutable_offers());
                });
  auto companies = SearchFor<catalogue::SearchCompaniesRequest>(request);
  companies.set_order_by(request.has_lat() ? "distance" : "name");
  overview.Side("companies", sources.catalogue.get(), &CatalogueCalls::SearchCompanies, companies,
                [](pb::ProfessionOverview& page, catalogue::SearchCompaniesResponse& found) {
                  page.mutable_companies()->Swap(found.mutable_companies());
                });
}

}  // namespace

void MakeProfessionOverview(const PageSources& sources, std::shared_ptr<const rpc::Call> call,
                            const pb::GetProfessionOverviewRequest& request,
                            rpc::Done<pb::ProfessionOverview> done) {
  catalogue::GetProfessionRequest wanted;
  wanted.set_name(request.name());
  Overview::Make(sources.clock, std::move(call), std::move(done), [&](Overview& overview) {
    overview.Main(sources.catalogue.get(), &CatalogueCalls::GetProfession, wanted,
                  [&overview](catalogue::Profession& profession) {
                    overview.Fill([&](pb::ProfessionOverview& page) {
                      page.mutable_profession()->Swap(&profession);
                    });
                  });
    AskForOffers(sources, request, overview);
    overview.Side("ambassadors", sources.ambassador.get(), &AmbassadorsCalls::SearchAmbassadors,
                  SearchFor<ambassador::SearchAmbassadorsRequest>(request),
                  [](pb::ProfessionOverview& page, ambassador::SearchAmbassadorsResponse& found) {
                    page.mutable_ambassadors()->Swap(found.mutable_ambassadors());
                  });
  });
}

}  // namespace dm::gateway
