#pragma once

#include "absl/status/statusor.h"
#include "common/errors/error.h"
#include "common/rpc/call.h"
#include "common/rpc/page_token.h"
#include "common/rpc/service_binding.h"
#include "common/time/clock.h"
#include "destinationmetier/ambassador/v1/ambassador_service.pb.h"
#include "services/ambassador/store/profile_store.h"

#include <memory>

namespace dm::ambassador {

// The methods of AmbassadorService, as its proto describes them. Each counts on its Check… having
// found nothing. Thread-safe.
class AmbassadorApi {
 public:
  // All outlive this.
  AmbassadorApi(const store::ProfileStore* profiles, const rpc::PageTokens* page_tokens,
                const Clock* clock)
      : profiles_(profiles), page_tokens_(page_tokens), clock_(clock) {}

  static void CheckSearchAmbassadors(
      const destinationmetier::ambassador::v1::SearchAmbassadorsRequest& request,
      Violations& violations);
  absl::StatusOr<destinationmetier::ambassador::v1::SearchAmbassadorsResponse> SearchAmbassadors(
      const rpc::Call& call,
      const destinationmetier::ambassador::v1::SearchAmbassadorsRequest& request) const;

  static void CheckGetAmbassador(
      const destinationmetier::ambassador::v1::GetAmbassadorRequest& request,
      Violations& violations);
  absl::StatusOr<destinationmetier::ambassador::v1::Ambassador> GetAmbassador(
      const rpc::Call& call,
      const destinationmetier::ambassador::v1::GetAmbassadorRequest& request) const;

  static void CheckListSessions(
      const destinationmetier::ambassador::v1::ListSessionsRequest& request,
      Violations& violations);
  absl::StatusOr<destinationmetier::ambassador::v1::ListSessionsResponse> ListSessions(
      const rpc::Call& call,
      const destinationmetier::ambassador::v1::ListSessionsRequest& request) const;

  // Binds the methods; this outlives the binding.
  std::unique_ptr<rpc::ServiceBinding> Bind(rpc::Pipeline* pipeline) const;

 private:
  const store::ProfileStore* profiles_;
  const rpc::PageTokens* page_tokens_;
  const Clock* clock_;
};

}  // namespace dm::ambassador
