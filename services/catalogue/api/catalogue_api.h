#pragma once

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/rpc/call.h"
#include "common/rpc/page_token.h"
#include "common/rpc/service_binding.h"
#include "common/time/clock.h"
#include "destinationmetier/catalogue/v1/catalogue_service.pb.h"
#include "services/catalogue/api/cached_reads.h"
#include "services/catalogue/api/offer_page_encoding.h"
#include "services/catalogue/domain/search_tally.h"
#include "services/catalogue/search/catalogue_index.h"

#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace dm::catalogue {

// CatalogueService. The methods take requests that Validate found nothing wrong with. Thread-safe.
class CatalogueApi {
 public:
  static constexpr size_t kMostCachedBytes = size_t{64} << 20;

  // All outlive this. `on_events` runs after each write that sent events. `searches` may be null.
  CatalogueApi(database::Database* database, search::CatalogueIndex* index,
               const rpc::PageTokens* page_tokens, const Clock* clock,
               std::function<void()> on_events, SearchTally* searches = nullptr,
               size_t most_cached_bytes = kMostCachedBytes)
      : database_(database),
        open_(database->As(database::Access::OfNobody())),
        index_(index),
        page_tokens_(page_tokens),
        clock_(clock),
        on_events_(std::move(on_events)),
        reads_(std::make_unique<CachedReads>(clock, most_cached_bytes, searches, index)) {}

  absl::StatusOr<destinationmetier::catalogue::v1::ListSectorsResponse> ListSectors(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::ListSectorsRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::ListInterestsResponse> ListInterests(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::ListInterestsRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::SearchProfessionsResponse> SearchProfessions(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::SearchProfessionsRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::SuggestProfessionsResponse> SuggestProfessions(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::SuggestProfessionsRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::Profession> GetProfession(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::GetProfessionRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::SearchCompaniesResponse> SearchCompanies(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::SearchCompaniesRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::Company> GetCompany(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::GetCompanyRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::BatchGetCompaniesResponse> BatchGetCompanies(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::BatchGetCompaniesRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::SearchOffersResponse> SearchOffers(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::SearchOffersRequest& request) const;
  // The same in the form in which it is sent.
  absl::StatusOr<EncodedOfferPage> SearchOffersEncoded(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::SearchOffersRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::Offer> GetOffer(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::GetOfferRequest& request) const;
  // Of each request what GetOffer says, all looked up at once.
  std::vector<absl::StatusOr<destinationmetier::catalogue::v1::Offer>> GetOffers(
      absl::Time deadline,
      const std::vector<destinationmetier::catalogue::v1::GetOfferRequest>& requests) const;
  absl::StatusOr<destinationmetier::catalogue::v1::BatchGetOffersResponse> BatchGetOffers(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::BatchGetOffersRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::Session> CancelSession(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::CancelSessionRequest& request) const;

  // The service bound to its methods, with answers to reads that are up to 1 s old; this outlives
  // it.
  std::unique_ptr<rpc::ServiceBinding> Bind(rpc::Pipeline* pipeline) const;

 private:
  // Each as searches show it, null for one that went meanwhile.
  absl::StatusOr<std::vector<search::ShownOffers::Offer>> Show(
      absl::Time deadline, const std::vector<search::OfferId>& ids) const;

  database::Database* database_;
  // For what everybody may read: it sees nothing of people, and says nothing of itself either.
  std::unique_ptr<database::Database> open_;
  search::CatalogueIndex* index_;
  const rpc::PageTokens* page_tokens_;
  const Clock* clock_;
  std::function<void()> on_events_;
  std::unique_ptr<CachedReads> reads_;
};

}  // namespace dm::catalogue
