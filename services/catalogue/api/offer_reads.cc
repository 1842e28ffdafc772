#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "services/catalogue/api/catalogue_api.h"
#include "services/catalogue/api/facet_messages.h"
#include "services/catalogue/api/highlight_messages.h"
#include "services/catalogue/api/offer_messages.h"
#include "services/catalogue/api/request_fields.h"
#include "services/catalogue/api/validation.h"
#include "services/catalogue/store/offer_queries.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace dm::catalogue {
namespace {

namespace pb = destinationmetier::catalogue::v1;

search::OfferQuery ToQuery(const pb::SearchOffersRequest& request) {
  search::OfferQuery query{.words = search::ParseAskedWords(request.query()),
                           .departments = ToVector(request.departments()),
                           .sectors = ToVector(request.sectors()),
                           .professions = ToVector(request.professions()),
                           .companies = ToVector(request.companies()),
                           .interests = ToVector(request.interests()),
                           .themes = ToVector(request.themes()),
                           .accessible_only = request.accessible_only(),
                           .languages = ToVector(request.languages()),
                           .school = request.school(),
                           .available_only = request.available_only(),
                           .limit = rpc::EffectivePageSize(request.page_size())};
  query.audiences.assign(request.audiences().begin(), request.audiences().end());
  for (const int level : request.accessibilities()) {
    query.accessibilities.push_back(static_cast<Accessibility>(level));
  }
  for (const int mode : request.work_modes()) {
    query.work_modes.push_back(static_cast<WorkMode>(mode));
  }
  if (request.has_lat()) {
    query.around = Around{request.lat(), request.lon(), request.radius_km()};
  }
  query.order = OrderOf(request.order_by(), !query.words.empty());
  return query;
}

std::string OfferIdIn(const pb::GetOfferRequest& request) {
  return absl::AsciiStrToLower(IdIn(request.name(), "offers"));
}

void Highlight(const std::vector<search::AskedWord>& words, pb::Offer* offer) {
  AddHighlight("title", offer->title(), words, offer->mutable_highlights());
  AddHighlight("description", offer->description(), words, offer->mutable_highlights());
  AddHighlight("company_display_name", offer->company_display_name(), words,
               offer->mutable_highlights());
  AddHighlight("profession_display_name", offer->profession_display_name(), words,
               offer->mutable_highlights());
}

}  // namespace

absl::StatusOr<pb::SearchOffersResponse> CatalogueApi::SearchOffers(
    const rpc::Call& call, const pb::SearchOffersRequest& request) const {
  const std::string fingerprint = rpc::QueryFingerprint(request);
  auto after = page_tokens_->Read(request.page_token(), fingerprint);
  if (!after.ok()) return after.status();
  const auto page = catalogue::SearchOffers(*database_, index_->offers(), call.deadline,
                                            {.query = ToQuery(request),
                                             .span = SpanOf(request.from(), request.to()),
                                             .now = clock_->Now(),
                                             .after = *std::move(after)});
  if (!page.ok()) return page.status();
  pb::SearchOffersResponse response;
  for (const Offer& found : page->offers) {
    *response.add_offers() = ToMessage(found);
    Highlight(page->words, response.mutable_offers(response.offers_size() - 1));
  }
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
  return std::move(GetOffers(call.deadline, {request}).front());
}

std::vector<absl::StatusOr<pb::Offer>> CatalogueApi::GetOffers(
    absl::Time deadline, const std::vector<pb::GetOfferRequest>& requests) const {
  std::vector<std::string> ids;
  for (const auto& request : requests) ids.push_back(OfferIdIn(request));
  const auto found = FindOffers(*database_, deadline, ids, clock_->Now());
  if (!found.ok()) return {requests.size(), found.status()};
  absl::flat_hash_map<absl::string_view, const Offer*> by_id;
  for (const Offer& offer : *found) by_id[offer.id] = &offer;
  std::vector<absl::StatusOr<pb::Offer>> answers;
  for (size_t i = 0; i < requests.size(); ++i) {
    const auto offer = by_id.find(ids[i]);
    if (offer == by_id.end()) {
      answers.emplace_back(NotFoundError(requests[i].name()));
    } else {
      answers.emplace_back(ToMessage(*offer->second));
    }
  }
  return answers;
}

absl::StatusOr<pb::BatchGetOffersResponse> CatalogueApi::BatchGetOffers(
    const rpc::Call& call, const pb::BatchGetOffersRequest& request) const {
  std::vector<pb::GetOfferRequest> wanted;
  // One of the same name twice would be found twice.
  for (const std::string& name :
       std::set<std::string>(request.names().begin(), request.names().end())) {
    wanted.emplace_back().set_name(name);
  }
  pb::BatchGetOffersResponse response;
  for (auto& offer : GetOffers(call.deadline, wanted)) {
    if (offer.ok()) {
      *response.add_offers() = *std::move(offer);
    } else if (!absl::IsNotFound(offer.status())) {
      return offer.status();
    }
  }
  return response;
}

}  // namespace dm::catalogue
