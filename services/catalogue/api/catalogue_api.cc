#include "services/catalogue/api/catalogue_api.h"

#include "absl/strings/ascii.h"
#include "common/errors/error.h"
#include "services/catalogue/api/messages.h"
#include "services/catalogue/api/validation.h"
#include "services/catalogue/store/queries.h"

#include <utility>

namespace dm::catalogue {
namespace {

namespace pb = destinationmetier::catalogue::v1;

std::vector<std::string> ToVector(const google::protobuf::RepeatedPtrField<std::string>& values) {
  return {values.begin(), values.end()};
}

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

// The token of the page after this one; empty at the end.
std::string NextToken(const rpc::PageTokens& tokens, const std::string& fingerprint,
                      const std::optional<PageKey>& next) {
  return next.has_value() ? tokens.Make(fingerprint, *next) : "";
}

// A public read by anybody, checked before it runs.
template <typename Request, typename Response>
void BindRead(rpc::ServiceBinding& binding, const char* name, const CatalogueApi* api,
              absl::StatusOr<Response> (CatalogueApi::*method)(const rpc::Call&, const Request&)
                  const) {
  binding.Blocking<Request, Response>(
      name, {.roles = {auth::Role::kAnonymous}},
      [](const Request& request, Violations& violations) { Validate(request, violations); },
      [api, method](const rpc::Call& call, const Request& request) {
        return (api->*method)(call, request);
      });
}

}  // namespace

absl::StatusOr<pb::ListSectorsResponse> CatalogueApi::ListSectors(
    const rpc::Call& call, const pb::ListSectorsRequest& request) const {
  const std::string fingerprint = rpc::QueryFingerprint(request);
  const auto after = page_tokens_->Read(request.page_token(), fingerprint);
  if (!after.ok()) return after.status();
  const auto page = catalogue::ListSectors(*database_, call.deadline, *after,
                                           rpc::EffectivePageSize(request.page_size()));
  if (!page.ok()) return page.status();
  pb::ListSectorsResponse response;
  for (const Labelled& sector : page->items) *response.add_sectors() = ToSector(sector);
  response.set_next_page_token(NextToken(*page_tokens_, fingerprint, page->next));
  return response;
}

absl::StatusOr<pb::ListInterestsResponse> CatalogueApi::ListInterests(
    const rpc::Call& call, const pb::ListInterestsRequest& request) const {
  const std::string fingerprint = rpc::QueryFingerprint(request);
  const auto after = page_tokens_->Read(request.page_token(), fingerprint);
  if (!after.ok()) return after.status();
  const auto page = catalogue::ListInterests(*database_, call.deadline, *after,
                                             rpc::EffectivePageSize(request.page_size()));
  if (!page.ok()) return page.status();
  pb::ListInterestsResponse response;
  for (const Labelled& interest : page->items) *response.add_interests() = ToInterest(interest);
  response.set_next_page_token(NextToken(*page_tokens_, fingerprint, page->next));
  return response;
}

absl::StatusOr<pb::SearchProfessionsResponse> CatalogueApi::SearchProfessions(
    const rpc::Call& call, const pb::SearchProfessionsRequest& request) const {
  const std::string fingerprint = rpc::QueryFingerprint(request);
  const auto after = page_tokens_->Read(request.page_token(), fingerprint);
  if (!after.ok()) return after.status();
  const auto page =
      catalogue::SearchProfessions(*database_, call.deadline,
                                   {.query = MakeTextQuery(request.query()),
                                    .sectors = ToVector(request.sectors()),
                                    .interests = ToVector(request.interests()),
                                    .riasec = ToVector(request.riasec()),
                                    .after = *after,
                                    .limit = rpc::EffectivePageSize(request.page_size())});
  if (!page.ok()) return page.status();
  pb::SearchProfessionsResponse response;
  for (const Profession& found : page->professions) *response.add_professions() = ToMessage(found);
  response.set_next_page_token(NextToken(*page_tokens_, fingerprint, page->next));
  response.set_total_size(page->total);
  return response;
}

absl::StatusOr<pb::Profession> CatalogueApi::GetProfession(
    const rpc::Call& call, const pb::GetProfessionRequest& request) const {
  const auto found = FindProfession(*database_, call.deadline, IdIn(request.name(), "professions"));
  if (!found.ok()) return found.status();
  if (!found->has_value()) return NotFoundError(request.name());
  return ToMessage(**found);
}

absl::StatusOr<pb::SearchCompaniesResponse> CatalogueApi::SearchCompanies(
    const rpc::Call& call, const pb::SearchCompaniesRequest& request) const {
  const std::string fingerprint = rpc::QueryFingerprint(request);
  const auto after = page_tokens_->Read(request.page_token(), fingerprint);
  if (!after.ok()) return after.status();
  const auto page =
      catalogue::SearchCompanies(*database_, call.deadline,
                                 {.query = MakeTextQuery(request.query()),
                                  .departments = ToVector(request.departments()),
                                  .sectors = ToVector(request.sectors()),
                                  .after = *after,
                                  .limit = rpc::EffectivePageSize(request.page_size())});
  if (!page.ok()) return page.status();
  pb::SearchCompaniesResponse response;
  for (const Company& found : page->companies) *response.add_companies() = ToMessage(found);
  response.set_next_page_token(NextToken(*page_tokens_, fingerprint, page->next));
  response.set_total_size(page->total);
  return response;
}

absl::StatusOr<pb::Company> CatalogueApi::GetCompany(const rpc::Call& call,
                                                     const pb::GetCompanyRequest& request) const {
  const auto found = FindCompany(*database_, call.deadline, IdIn(request.name(), "companies"));
  if (!found.ok()) return found.status();
  if (!found->has_value()) return NotFoundError(request.name());
  return ToMessage(**found);
}

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

std::unique_ptr<rpc::ServiceBinding> CatalogueApi::Bind(rpc::Pipeline* pipeline) const {
  auto binding = std::make_unique<rpc::ServiceBinding>(
      pb::Sector::descriptor()->file()->FindServiceByName("CatalogueService"), pipeline);
  BindRead(*binding, "ListSectors", this, &CatalogueApi::ListSectors);
  BindRead(*binding, "ListInterests", this, &CatalogueApi::ListInterests);
  BindRead(*binding, "SearchProfessions", this, &CatalogueApi::SearchProfessions);
  BindRead(*binding, "GetProfession", this, &CatalogueApi::GetProfession);
  BindRead(*binding, "SearchCompanies", this, &CatalogueApi::SearchCompanies);
  BindRead(*binding, "GetCompany", this, &CatalogueApi::GetCompany);
  BindRead(*binding, "SearchOffers", this, &CatalogueApi::SearchOffers);
  BindRead(*binding, "GetOffer", this, &CatalogueApi::GetOffer);
  return binding;
}

}  // namespace dm::catalogue
