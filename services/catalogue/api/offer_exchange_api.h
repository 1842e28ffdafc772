#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/rpc/call.h"
#include "common/rpc/method.h"
#include "common/rpc/page_token.h"
#include "common/rpc/service_binding.h"
#include "common/time/clock.h"
#include "destinationmetier/catalogue/v1/offer_exchange_service.pb.h"

#include <functional>
#include <memory>
#include <utility>

namespace dm::catalogue {

// OfferExchangeService. Whatever is exchanged, only a bounded part of it is in memory: an import
// takes the next items when those before are committed, an export reads the next offers when those
// before were handed over. Unary methods take requests that Validate found nothing wrong with.
// Thread-safe.
class OfferExchangeApi {
 public:
  // All outlive this. `on_events` runs after each write that sent events.
  OfferExchangeApi(database::Database* database, const rpc::PageTokens* page_tokens,
                   const Clock* clock, std::function<void()> on_events)
      : database_(database),
        page_tokens_(page_tokens),
        clock_(clock),
        on_events_(std::move(on_events)) {}

  static void Validate(const destinationmetier::catalogue::v1::ImportOfferBatchRequest& request,
                       Violations& violations);
  static void Validate(const destinationmetier::catalogue::v1::ExportOffersRequest& request,
                       Violations& violations);

  absl::Status ImportOffers(
      const rpc::Call& call,
      rpc::Reader<destinationmetier::catalogue::v1::ImportOffersRequest>& reader,
      rpc::Writer<destinationmetier::catalogue::v1::ImportOffersResponse>& writer) const;
  absl::StatusOr<destinationmetier::catalogue::v1::ImportOfferBatchResponse> ImportOfferBatch(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::ImportOfferBatchRequest& request) const;
  absl::Status ExportOffers(
      const rpc::Call& call, const destinationmetier::catalogue::v1::ExportOffersRequest& request,
      rpc::Writer<destinationmetier::catalogue::v1::ExportOffersResponse>& writer) const;

  // The service bound to its methods; this outlives it.
  std::unique_ptr<rpc::ServiceBinding> Bind(rpc::Pipeline* pipeline) const;

 private:
  database::Database* database_;
  const rpc::PageTokens* page_tokens_;
  const Clock* clock_;
  std::function<void()> on_events_;
};

}  // namespace dm::catalogue
