#pragma once

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/rpc/call.h"
#include "common/rpc/service_binding.h"
#include "common/time/clock.h"
#include "destinationmetier/catalogue/v1/company_settings_service.pb.h"

#include <functional>
#include <memory>
#include <utility>

namespace dm::catalogue {

// CompanySettingsService. The methods take requests that Validate found nothing wrong with.
// Thread-safe.
class CompanySettingsApi {
 public:
  // All outlive this. `on_events` runs after each write that sent events.
  CompanySettingsApi(database::Database* database, const Clock* clock,
                     std::function<void()> on_events)
      : database_(database), clock_(clock), on_events_(std::move(on_events)) {}

  absl::StatusOr<destinationmetier::catalogue::v1::CompanySettings> Get(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::GetCompanySettingsRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::BatchGetCompanySettingsResponse> BatchGet(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::BatchGetCompanySettingsRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::CompanySettings> Update(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::UpdateCompanySettingsRequest& request) const;

  // The service bound to its methods; this outlives it.
  std::unique_ptr<rpc::ServiceBinding> Bind(rpc::Pipeline* pipeline) const;

 private:
  database::Database* const database_;
  const Clock* const clock_;
  const std::function<void()> on_events_;
};

}  // namespace dm::catalogue
