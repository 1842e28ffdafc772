#pragma once

#include "absl/status/statusor.h"
#include "common/errors/error.h"
#include "common/rpc/page_token.h"
#include "common/rpc/service_binding.h"
#include "common/time/clock.h"
#include "destinationmetier/gateway/v1/partner_usage_service.pb.h"
#include "services/gateway/api/local_backend.h"
#include "services/gateway/store/partner_usage_store.h"

#include <memory>

namespace dm::gateway {

// PartnerUsageService. Thread-safe; outlives its calls.
class PartnerUsageApi {
 public:
  // All outlive this. `store` may be null: then nothing is counted, and asking is UNAVAILABLE.
  PartnerUsageApi(const PartnerUsageStore* store, rpc::Pipeline* pipeline,
                  const rpc::PageTokens* page_tokens, const Clock* clock);

  // The gRPC face.
  std::unique_ptr<rpc::ServiceBinding> Bind();
  // The HTTP face.
  Backend* local() { return &local_; }

  absl::StatusOr<destinationmetier::gateway::v1::ListPartnerUsageResponse> ListPartnerUsage(
      const rpc::Call& call,
      const destinationmetier::gateway::v1::ListPartnerUsageRequest& request) const;
  void Validate(const destinationmetier::gateway::v1::ListPartnerUsageRequest& request,
                Violations& violations) const;

 private:
  absl::CivilDay Today() const;

  const PartnerUsageStore* const store_;
  rpc::Pipeline* const pipeline_;
  const rpc::PageTokens* const page_tokens_;
  const Clock* const clock_;
  LocalBackend local_;
};

}  // namespace dm::gateway
