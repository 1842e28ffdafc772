#include "absl/strings/ascii.h"
#include "services/catalogue/api/catalogue_api.h"
#include "services/catalogue/api/facet_messages.h"
#include "services/catalogue/api/offer_messages.h"
#include "services/catalogue/api/request_fields.h"
#include "services/catalogue/api/validation.h"
#include "services/catalogue/store/offer_queries.h"

#include <utility>

namespace dm::catalogue {
namespace {

namespace pb = destinationmetier::catalogue::v1;

OfferCriteria ToCriteria(const pb::SearchOffersRequest& request, absl::Time now) {
  OfferCriteria criteria{.query = MakeTextQuery(request.query()),
                         .departments = ToVector(request.departments()),
                         .sectors = ToVector(request.sectors()),
                         .professions = ToVector(request.professions()),
                         .companies = ToVector(request.companies()),
                         .span = SpanOf(request.from(), request.to()),
                         .available_only = request.available_only(),
                         .accessible_only = request.accessible_only(),
                         .now = now,
                         .limit = rpc::EffectivePageSize(request.page_size())};
  criteria.audiences.assign(request.audiences().begin(), request.audiences().end());
  if (request.has_lat()) {
    criteria.around = Around{request.lat(), request.lon(), request.radius_km()};
  }
  criteria.order = OrderOf(request.order_by(), !criteria.query.empty());
  return criteria;
}

}  // namespace

absl::StatusOr<pb::SearchOffersResponse> CatalogueApi::SearchOffers(
    const rpc::Call& call, const pb::SearchOffersRequest& request) const {
  const std::string fingerprint = rpc::QueryFingerprint(request);
  auto after = page_tokens_->Read(request.page_token(), fingerprint);
  if (!after.ok()) return after.status();
  OfferCriteria criteria = ToCriteria(request, clock_->Now());
  criteria.after = *std::move(after);
  const auto page = catalogue::SearchOffers(*database_, call.deadline, criteria);
  if (!page.ok()) return page.status();
  pb::SearchOffersResponse response;
  for (const Offer& found : page->offers) *response.add_offers() = ToMessage(found);
  response.set_next_page_token(NextToken(*page_tokens_, fingerprint, page->next));
  response.set_total_size(page->total);
  for (const auto& count : page->departments) {
    *response.add_department_facets() = ToDepartmentFacet(count);
  }
  for (const auto& count : page->sectors) *response.add_sector_facets() = ToSectorFacet(count);
  for (const auto& count : page->audiences) {
    *response.add_audience_facets() = ToAudienceFacet(count);
  }
  return response;
}

absl::StatusOr<pb::Offer> CatalogueApi::GetOffer(const rpc::Call& call,
                                                 const pb::GetOfferRequest& request) const {
  const auto found =
      FindOffer(*database_, call.deadline, absl::AsciiStrToLower(IdIn(request.name(), "offers")),
                clock_->Now());
  if (!found.ok()) return found.status();
  if (!found->has_value()) return NotFoundError(request.name());
  return ToMessage(**found);
}

}  // namespace dm::catalogue
