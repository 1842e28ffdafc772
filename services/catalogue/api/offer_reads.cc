#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "services/catalogue/api/catalogue_api.h"
#include "services/catalogue/api/facet_messages.h"
#include "services/catalogue/api/offer_messages.h"
#include "services/catalogue/api/request_fields.h"
#include "services/catalogue/api/validation.h"
#include "services/catalogue/search/offer_paging.h"
#include "services/catalogue/store/offer_queries.h"

#include <algorithm>
#include <memory>
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

// All but the offers.
pb::SearchOffersResponse FrameOf(const search::OfferPage& page) {
  pb::SearchOffersResponse frame;
  frame.set_total_size(page.total);
  for (const auto& count : page.departments) {
    *frame.add_department_facets() = ToDepartmentFacet(count);
  }
  for (const auto& count : page.sectors) *frame.add_sector_facets() = ToSectorFacet(count);
  for (const auto& count : page.audiences) *frame.add_audience_facets() = ToAudienceFacet(count);
  return frame;
}

}  // namespace

absl::StatusOr<EncodedOfferPage> CatalogueApi::SearchOffersEncoded(
    const rpc::Call& call, const pb::SearchOffersRequest& request) const {
  const std::string fingerprint = rpc::QueryFingerprint(request);
  auto after = page_tokens_->Read(request.page_token(), fingerprint);
  if (!after.ok()) return after.status();
  const search::OfferQuery query = ToQuery(request);
  const auto page =
      search::FindOfferPage(index_->offers(), {.query = query,
                                               .span = SpanOf(request.from(), request.to()),
                                               .now = clock_->Now(),
                                               .after = *std::move(after)});
  if (!page.ok()) return page.status();
  const auto offers = Show(call.deadline, page->offers);
  if (!offers.ok()) return offers.status();
  pb::SearchOffersResponse frame = FrameOf(*page);
  frame.set_next_page_token(NextToken(*page_tokens_, fingerprint, page->next));
  std::string bytes = frame.SerializeAsString();
  for (const auto& offer : *offers) {
    if (offer != nullptr) AppendOffer(*offer, *page, query.around, &bytes);
  }
  return EncodedOfferPage(std::move(bytes), page->total == 0, page->steady_until);
}

absl::StatusOr<pb::SearchOffersResponse> CatalogueApi::SearchOffers(
    const rpc::Call& call, const pb::SearchOffersRequest& request) const {
  const auto page = SearchOffersEncoded(call, request);
  if (!page.ok()) return page.status();
  return page->Parsed();
}

absl::StatusOr<std::vector<search::ShownOffers::Offer>> CatalogueApi::Show(
    absl::Time deadline, const std::vector<search::OfferId>& ids) const {
  std::vector<search::ShownOffers::Offer> offers;
  struct Missing {
    size_t place = 0;
    uint64_t ticket = 0;
  };
  absl::flat_hash_map<std::string, Missing> missing;
  std::vector<std::string> to_read;
  const absl::Time now = clock_->Now();
  for (const search::OfferId& id : ids) {
    search::ShownOffers::Found found = index_->shown().Find(id, now);
    if (found.offer == nullptr) {
      to_read.push_back(id.ToString());
      missing[to_read.back()] = {offers.size(), found.ticket};
    }
    offers.push_back(std::move(found.offer));
  }
  const auto read = FindOffers(*open_, deadline, to_read, now, kAllSessions);
  if (!read.ok()) return read.status();
  for (const Offer& offer : *read) {
    const auto [place, ticket] = missing.at(offer.id);
    offers[place] = std::make_shared<const search::ShownOffer>(Encode(offer));
    index_->shown().Keep(ids[place], ticket, offers[place]);
  }
  return offers;
}

absl::StatusOr<pb::Offer> CatalogueApi::GetOffer(const rpc::Call& call,
                                                 const pb::GetOfferRequest& request) const {
  return std::move(GetOffers(call.deadline, {request}).front());
}

std::vector<absl::StatusOr<pb::Offer>> CatalogueApi::GetOffers(
    absl::Time deadline, const std::vector<pb::GetOfferRequest>& requests) const {
  std::vector<std::string> ids;
  for (const auto& request : requests) ids.push_back(OfferIdIn(request));
  const auto found = FindOffers(*open_, deadline, ids, clock_->Now(), kMostSessionsShown);
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
