#include "services/catalogue/api/catalogue_api.h"
#include "services/catalogue/api/company_messages.h"
#include "services/catalogue/api/facet_messages.h"
#include "services/catalogue/api/highlight_messages.h"
#include "services/catalogue/api/request_fields.h"
#include "services/catalogue/api/validation.h"
#include "services/catalogue/store/company_queries.h"

#include <set>
#include <string>

namespace dm::catalogue {

namespace pb = destinationmetier::catalogue::v1;

namespace {

search::CompanyQuery ToQuery(const pb::SearchCompaniesRequest& request) {
  search::CompanyQuery query{.words = search::ParseAskedWords(request.query()),
                             .departments = ToVector(request.departments()),
                             .sectors = ToVector(request.sectors()),
                             .professions = ToVector(request.professions()),
                             .siren = request.siren(),
                             .by_distance = request.order_by() == "distance",
                             .limit = rpc::EffectivePageSize(request.page_size())};
  if (request.has_lat()) {
    query.around = Around{request.lat(), request.lon(), request.radius_km()};
  }
  return query;
}

}  // namespace

absl::StatusOr<pb::SearchCompaniesResponse> CatalogueApi::SearchCompanies(
    const rpc::Call& call, const pb::SearchCompaniesRequest& request) const {
  const std::string fingerprint = rpc::QueryFingerprint(request);
  const auto after = page_tokens_->Read(request.page_token(), fingerprint);
  if (!after.ok()) return after.status();
  const search::CompanyQuery query = ToQuery(request);
  const auto page =
      catalogue::SearchCompanies(*open_, index_->offers(), call.deadline, query, *after);
  if (!page.ok()) return page.status();
  pb::SearchCompaniesResponse response;
  for (const Company& found : page->companies) {
    pb::Company* const added = response.add_companies();
    *added = ToMessage(found);
    if (query.around.has_value()) {
      added->set_distance_km(search::ArcBetween(query.around->latitude, query.around->longitude,
                                                found.place.latitude, found.place.longitude));
    }
    AddHighlight("display_name", added->display_name(), page->words, added->mutable_highlights());
    AddHighlight("description", added->description(), page->words, added->mutable_highlights());
  }
  response.set_next_page_token(NextToken(*page_tokens_, fingerprint, page->next));
  response.set_total_size(page->total);
  for (const auto& count : page->departments) {
    *response.add_department_facets() = ToDepartmentFacet(count);
  }
  for (const auto& count : page->sectors) *response.add_sector_facets() = ToSectorFacet(count);
  return response;
}

absl::StatusOr<pb::Company> CatalogueApi::GetCompany(const rpc::Call& call,
                                                     const pb::GetCompanyRequest& request) const {
  const auto found = FindCompany(*open_, call.deadline, IdIn(request.name(), "companies"));
  if (!found.ok()) return found.status();
  if (!found->has_value()) return NotFoundError(request.name());
  return ToMessage(**found);
}

absl::StatusOr<pb::BatchGetCompaniesResponse> CatalogueApi::BatchGetCompanies(
    const rpc::Call& call, const pb::BatchGetCompaniesRequest& request) const {
  std::set<std::string> sirets;
  for (const std::string& name : request.names()) sirets.insert(IdIn(name, "companies"));
  const auto found = FindCompanies(*open_, call.deadline, {sirets.begin(), sirets.end()});
  if (!found.ok()) return found.status();
  pb::BatchGetCompaniesResponse response;
  for (const Company& company : *found) *response.add_companies() = ToMessage(company);
  return response;
}

}  // namespace dm::catalogue
