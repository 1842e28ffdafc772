#pragma once

#include "common/database/database.h"
#include "common/rpc/service_binding.h"
#include "common/time/clock.h"
#include "destinationmetier/ambassador/v1/privacy_service.pb.h"
#include "destinationmetier/privacy/v1/erasure.pb.h"

#include <functional>
#include <memory>

namespace dm::ambassador {

// The methods of ambassador.v1.PrivacyService. Thread-safe.
class PrivacyApi {
 public:
  // Both outlive this. `after_commit` runs after each commit that wrote an event.
  PrivacyApi(database::Database* database, const Clock* clock, std::function<void()> after_commit)
      : database_(database), clock_(clock), after_commit_(std::move(after_commit)) {}

  // This outlives the server.
  std::unique_ptr<rpc::ServiceBinding> Bind(rpc::Pipeline* pipeline);

  absl::StatusOr<destinationmetier::privacy::v1::Erasure> Erase(
      const rpc::Call& call,
      const destinationmetier::ambassador::v1::EraseAmbassadorRequest& request);
  absl::StatusOr<destinationmetier::privacy::v1::Erasure> GetReceipt(
      const rpc::Call& call,
      const destinationmetier::ambassador::v1::GetAmbassadorErasureRequest& request);

 private:
  database::Database* const database_;
  const Clock* const clock_;
  const std::function<void()> after_commit_;
};

}  // namespace dm::ambassador
