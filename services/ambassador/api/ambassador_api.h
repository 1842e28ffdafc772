#pragma once

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/errors/error.h"
#include "common/rpc/call.h"
#include "common/rpc/page_token.h"
#include "common/rpc/service_binding.h"
#include "common/time/clock.h"
#include "destinationmetier/ambassador/v1/ambassador_service.pb.h"
#include "services/ambassador/store/profile_store.h"

#include <functional>
#include <memory>
#include <utility>

namespace dm::ambassador {

// The methods of AmbassadorService, as its proto describes them. Each counts on its Check… having
// found nothing. Thread-safe.
class AmbassadorApi {
 public:
  // All outlive this. `after_commit` runs after each commit that wrote events.
  AmbassadorApi(const store::ProfileStore* profiles, database::Database* database,
                const rpc::PageTokens* page_tokens, const Clock* clock,
                std::function<void()> after_commit)
      : profiles_(profiles),
        database_(database),
        page_tokens_(page_tokens),
        clock_(clock),
        after_commit_(std::move(after_commit)) {}

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

  static void CheckBatchGetAmbassadors(
      const destinationmetier::ambassador::v1::BatchGetAmbassadorsRequest& request,
      Violations& violations);
  absl::StatusOr<destinationmetier::ambassador::v1::BatchGetAmbassadorsResponse>
  BatchGetAmbassadors(
      const rpc::Call& call,
      const destinationmetier::ambassador::v1::BatchGetAmbassadorsRequest& request) const;

  static void CheckListSessions(
      const destinationmetier::ambassador::v1::ListSessionsRequest& request,
      Violations& violations);
  absl::StatusOr<destinationmetier::ambassador::v1::ListSessionsResponse> ListSessions(
      const rpc::Call& call,
      const destinationmetier::ambassador::v1::ListSessionsRequest& request) const;

  static void CheckCancelSession(
      const destinationmetier::ambassador::v1::CancelSessionRequest& request,
      Violations& violations);
  absl::StatusOr<destinationmetier::ambassador::v1::Session> CancelSession(
      const rpc::Call& call,
      const destinationmetier::ambassador::v1::CancelSessionRequest& request) const;

  // Binds the methods; this outlives the binding.
  std::unique_ptr<rpc::ServiceBinding> Bind(rpc::Pipeline* pipeline) const;

 private:
  const store::ProfileStore* profiles_;
  database::Database* database_;
  const rpc::PageTokens* page_tokens_;
  const Clock* clock_;
  std::function<void()> after_commit_;
};

}  // namespace dm::ambassador
