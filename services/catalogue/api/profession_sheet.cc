#include "services/catalogue/store/profession_sheet.h"

#include "services/catalogue/api/catalogue_api.h"
#include "services/catalogue/api/profession_messages.h"
#include "services/catalogue/api/request_fields.h"
#include "services/catalogue/api/validation.h"

namespace dm::catalogue {

namespace pb = destinationmetier::catalogue::v1;

absl::StatusOr<pb::ListSectorsResponse> CatalogueApi::ListSectors(
    const rpc::Call& call, const pb::ListSectorsRequest& request) const {
  const std::string fingerprint = rpc::QueryFingerprint(request);
  const auto after = page_tokens_->Read(request.page_token(), fingerprint);
  if (!after.ok()) return after.status();
  const auto page = catalogue::ListSectors(*open_, call.deadline, *after,
                                           rpc::EffectivePageSize(request.page_size()));
  if (!page.ok()) return page.status();
  pb::ListSectorsResponse response;
  for (const Sector& sector : page->items) *response.add_sectors() = ToMessage(sector);
  response.set_next_page_token(NextToken(*page_tokens_, fingerprint, page->next));
  return response;
}

absl::StatusOr<pb::ListInterestsResponse> CatalogueApi::ListInterests(
    const rpc::Call& call, const pb::ListInterestsRequest& request) const {
  const std::string fingerprint = rpc::QueryFingerprint(request);
  const auto after = page_tokens_->Read(request.page_token(), fingerprint);
  if (!after.ok()) return after.status();
  const auto page = catalogue::ListInterests(*open_, call.deadline, *after,
                                             rpc::EffectivePageSize(request.page_size()));
  if (!page.ok()) return page.status();
  pb::ListInterestsResponse response;
  for (const Interest& interest : page->items) *response.add_interests() = ToMessage(interest);
  response.set_next_page_token(NextToken(*page_tokens_, fingerprint, page->next));
  return response;
}

absl::StatusOr<pb::Profession> CatalogueApi::GetProfession(
    const rpc::Call& call, const pb::GetProfessionRequest& request) const {
  const auto found = FindProfession(*open_, call.deadline, IdIn(request.name(), "professions"));
  if (!found.ok()) return found.status();
  if (!found->has_value()) return NotFoundError(request.name());
  return ToMessage(**found);
}

}  // namespace dm::catalogue
