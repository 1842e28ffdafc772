#pragma once

#include "common/database/database.h"
#include "common/rpc/service_binding.h"
#include "common/time/clock.h"
#include "destinationmetier/booking/v1/privacy_service.pb.h"
#include "destinationmetier/privacy/v1/erasure.pb.h"

#include <functional>
#include <memory>
#include <string>

namespace dm::booking {

// The methods of booking.v1.PrivacyService. Thread-safe.
class PrivacyService {
 public:
  // Both outlive this. `after_request` runs after an erasure was asked for: something is due for
  // the ledger's review and then for Erasures.
  PrivacyService(database::Database* database, const Clock* clock,
                 std::function<void()> after_request)
      : database_(database), clock_(clock), after_request_(std::move(after_request)) {}

  // The service for a gRPC server; this outlives it.
  std::unique_ptr<rpc::ServiceBinding> Bind(rpc::Pipeline* pipeline);

  absl::StatusOr<destinationmetier::privacy::v1::Erasure> Erase(
      const rpc::Call& call, const destinationmetier::booking::v1::ErasePersonRequest& request);
  absl::StatusOr<destinationmetier::privacy::v1::Erasure> Get(
      const rpc::Call& call, const destinationmetier::booking::v1::GetErasureRequest& request);

 private:
  database::Database* const database_;
  const Clock* const clock_;
  const std::function<void()> after_request_;
};

}  // namespace dm::booking
