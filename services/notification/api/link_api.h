#pragma once

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/errors/error.h"
#include "common/rpc/call.h"
#include "common/rpc/service_binding.h"
#include "common/time/clock.h"
#include "destinationmetier/notification/v1/link_service.pb.h"

#include <functional>
#include <memory>

namespace dm::notification {

// LinkService, for callers inside the suite. Thread-safe.
class LinkApi {
 public:
  // Database and clock outlive this. `on_plan` runs after a mail was taken over.
  LinkApi(database::Database* database, const Clock* clock, std::function<void()> on_plan)
      : database_(database), clock_(clock), on_plan_(std::move(on_plan)) {}

  absl::StatusOr<destinationmetier::notification::v1::SendLinkResponse> SendLink(
      const rpc::Call& call, const destinationmetier::notification::v1::SendLinkRequest& request);

  // The service bound to its method; this outlives it.
  std::unique_ptr<rpc::ServiceBinding> Bind(rpc::Pipeline* pipeline);

 private:
  database::Database* const database_;
  const Clock* const clock_;
  const std::function<void()> on_plan_;
};

void ValidateSendLink(const destinationmetier::notification::v1::SendLinkRequest& request,
                      Violations& violations);

}  // namespace dm::notification
