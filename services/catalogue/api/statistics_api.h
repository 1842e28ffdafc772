#pragma once

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/rpc/call.h"
#include "common/rpc/page_token.h"
#include "common/rpc/service_binding.h"
#include "common/time/clock.h"
#include "destinationmetier/catalogue/v1/statistics_service.pb.h"

#include <memory>

namespace dm::catalogue {

// StatisticsService. The methods take requests that Validate found nothing wrong with. Thread-safe.
class StatisticsApi {
 public:
  // All outlive this.
  StatisticsApi(database::Database* database, const rpc::PageTokens* page_tokens,
                const Clock* clock)
      : database_(database), page_tokens_(page_tokens), clock_(clock) {}

  void Validate(const destinationmetier::catalogue::v1::GetStatisticsRequest& request,
                Violations& violations) const;
  void Validate(const destinationmetier::catalogue::v1::ListFrequentSearchesRequest& request,
                Violations& violations) const;

  absl::StatusOr<destinationmetier::catalogue::v1::GetStatisticsResponse> GetStatistics(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::GetStatisticsRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::ListFrequentSearchesResponse>
  ListFrequentSearches(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::ListFrequentSearchesRequest& request) const;

  // The service bound to its methods; this outlives it.
  std::unique_ptr<rpc::ServiceBinding> Bind(rpc::Pipeline* pipeline) const;

 private:
  database::Database* database_;
  const rpc::PageTokens* page_tokens_;
  const Clock* clock_;
};

}  // namespace dm::catalogue
