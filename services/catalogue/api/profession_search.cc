#include "services/catalogue/api/catalogue_api.h"
#include "services/catalogue/api/profession_messages.h"
#include "services/catalogue/api/request_fields.h"
#include "services/catalogue/store/profession_queries.h"

namespace dm::catalogue {

namespace pb = destinationmetier::catalogue::v1;

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

}  // namespace dm::catalogue
