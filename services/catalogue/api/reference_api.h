#pragma once

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/rpc/call.h"
#include "common/rpc/page_token.h"
#include "common/rpc/service_binding.h"
#include "common/time/clock.h"
#include "destinationmetier/catalogue/v1/reference_service.pb.h"
#include "services/catalogue/api/cached_reads.h"

#include <memory>

namespace dm::catalogue {

// ReferenceService. The methods take requests that Validate found nothing wrong with. Thread-safe.
class ReferenceApi {
 public:
  // All outlive this.
  ReferenceApi(database::Database* database, const rpc::PageTokens* page_tokens, const Clock* clock)
      : database_(database),
        page_tokens_(page_tokens),
        reads_(std::make_unique<CachedReads>(clock, kMostCachedBytes)) {}

  absl::StatusOr<destinationmetier::catalogue::v1::ListCommunesResponse> ListCommunes(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::ListCommunesRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::ListSchoolsResponse> ListSchools(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::ListSchoolsRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::ListThemesResponse> ListThemes(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::ListThemesRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::ListDomainsResponse> ListDomains(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::ListDomainsRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::ListSourcesResponse> ListSources(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::ListSourcesRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::Source> GetSource(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::GetSourceRequest& request) const;

  // The service bound to its methods, with answers that are up to 1 s old; this outlives it.
  std::unique_ptr<rpc::ServiceBinding> Bind(rpc::Pipeline* pipeline) const;

 private:
  static constexpr size_t kMostCachedBytes = size_t{8} << 20;

  database::Database* const database_;
  const rpc::PageTokens* const page_tokens_;
  std::unique_ptr<CachedReads> reads_;
};

}  // namespace dm::catalogue
