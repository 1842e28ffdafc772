#pragma once

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/rpc/call.h"
#include "common/rpc/page_token.h"
#include "common/rpc/service_binding.h"
#include "common/time/clock.h"
#include "destinationmetier/catalogue/v1/moderation_service.pb.h"

#include <functional>
#include <memory>
#include <utility>

namespace dm::catalogue {

// ModerationService. The methods take requests that Validate found nothing wrong with. Thread-safe.
class ModerationApi {
 public:
  // All outlive this. `on_events` runs after each write that sent events.
  ModerationApi(database::Database* database, const rpc::PageTokens* page_tokens,
                const Clock* clock, std::function<void()> on_events)
      : database_(database),
        page_tokens_(page_tokens),
        clock_(clock),
        on_events_(std::move(on_events)) {}

  absl::StatusOr<destinationmetier::catalogue::v1::OfferReport> ReportOffer(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::ReportOfferRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::ListOfferReportsResponse> ListReports(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::ListOfferReportsRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::OfferReport> ResolveReport(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::ResolveOfferReportRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::CompanyBan> BanCompany(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::BanCompanyRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::CompanyBan> LiftBan(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::LiftCompanyBanRequest& request) const;

  // The service bound to its methods; this outlives it.
  std::unique_ptr<rpc::ServiceBinding> Bind(rpc::Pipeline* pipeline) const;

 private:
  database::Database* const database_;
  const rpc::PageTokens* const page_tokens_;
  const Clock* const clock_;
  const std::function<void()> on_events_;
};

}  // namespace dm::catalogue
