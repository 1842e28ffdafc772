#include "services/catalogue/api/catalogue_api.h"
#include "services/catalogue/api/company_messages.h"
#include "services/catalogue/api/request_fields.h"
#include "services/catalogue/api/validation.h"
#include "services/catalogue/store/company_queries.h"

namespace dm::catalogue {

namespace pb = destinationmetier::catalogue::v1;

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

}  // namespace dm::catalogue
