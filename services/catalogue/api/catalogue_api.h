#pragma once

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/rpc/call.h"
#include "common/rpc/page_token.h"
#include "common/rpc/service_binding.h"
#include "common/time/clock.h"
#include "destinationmetier/catalogue/v1/catalogue_service.pb.h"

#include <memory>

namespace dm::catalogue {

// CatalogueService. The methods take requests that Validate found nothing wrong with. Thread-safe.
class CatalogueApi {
 public:
  // All outlive this.
  CatalogueApi(database::Database* database, const rpc::PageTokens* page_tokens, const Clock* clock)
      : database_(database), page_tokens_(page_tokens), clock_(clock) {}

  absl::StatusOr<destinationmetier::catalogue::v1::ListSectorsResponse> ListSectors(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::ListSectorsRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::ListInterestsResponse> ListInterests(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::ListInterestsRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::SearchProfessionsResponse> SearchProfessions(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::SearchProfessionsRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::Profession> GetProfession(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::GetProfessionRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::SearchCompaniesResponse> SearchCompanies(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::SearchCompaniesRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::Company> GetCompany(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::GetCompanyRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::SearchOffersResponse> SearchOffers(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::SearchOffersRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::Offer> GetOffer(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::GetOfferRequest& request) const;

  // The service bound to its methods; this outlives it.
  std::unique_ptr<rpc::ServiceBinding> Bind(rpc::Pipeline* pipeline) const;

 private:
  database::Database* database_;
  const rpc::PageTokens* page_tokens_;
  const Clock* clock_;
};

}  // namespace dm::catalogue
