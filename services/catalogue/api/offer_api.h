#pragma once

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/rpc/call.h"
#include "common/rpc/page_token.h"
#include "common/rpc/service_binding.h"
#include "common/time/clock.h"
#include "destinationmetier/catalogue/v1/offer_service.pb.h"
#include "services/catalogue/domain/offer_record.h"
#include "services/catalogue/domain/offer_states.h"
#include "services/catalogue/search/catalogue_index.h"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dm::catalogue {

// OfferService. The methods take requests that Validate found nothing wrong with. Thread-safe.
class OfferApi {
 public:
  // All outlive this. `on_events` runs after each write that sent events.
  OfferApi(database::Database* database, const search::CatalogueIndex* index,
           const rpc::PageTokens* page_tokens, const Clock* clock, std::function<void()> on_events)
      : database_(database),
        index_(index),
        page_tokens_(page_tokens),
        clock_(clock),
        on_events_(std::move(on_events)) {}

  using Record = absl::StatusOr<destinationmetier::catalogue::v1::OfferRecord>;
  using SessionOr = absl::StatusOr<destinationmetier::catalogue::v1::Session>;

  Record CreateOffer(const rpc::Call& call,
                     const destinationmetier::catalogue::v1::CreateOfferRequest& request) const;
  Record GetOfferRecord(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::GetOfferRecordRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::ListOfferRecordsResponse> ListOfferRecords(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::ListOfferRecordsRequest& request) const;
  Record UpdateOffer(const rpc::Call& call,
                     const destinationmetier::catalogue::v1::UpdateOfferRequest& request) const;
  Record SubmitOffer(const rpc::Call& call,
                     const destinationmetier::catalogue::v1::SubmitOfferRequest& request) const;
  Record ApproveOffer(const rpc::Call& call,
                      const destinationmetier::catalogue::v1::ApproveOfferRequest& request) const;
  Record RejectOffer(const rpc::Call& call,
                     const destinationmetier::catalogue::v1::RejectOfferRequest& request) const;
  Record SuspendOffer(const rpc::Call& call,
                      const destinationmetier::catalogue::v1::SuspendOfferRequest& request) const;
  Record ResumeOffer(const rpc::Call& call,
                     const destinationmetier::catalogue::v1::ResumeOfferRequest& request) const;
  Record ArchiveOffer(const rpc::Call& call,
                      const destinationmetier::catalogue::v1::ArchiveOfferRequest& request) const;
  Record DuplicateOffer(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::DuplicateOfferRequest& request) const;
  SessionOr CreateSession(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::CreateSessionRequest& request) const;
  SessionOr UpdateSession(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::UpdateSessionRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::Visibility> ExplainVisibility(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::ExplainVisibilityRequest& request) const;

  // The service bound to its methods; this outlives it.
  std::unique_ptr<rpc::ServiceBinding> Bind(rpc::Pipeline* pipeline) const;

 private:
  template <typename Request, typename Response>
  using Method = absl::StatusOr<Response> (OfferApi::*)(const rpc::Call&, const Request&) const;

  template <typename Request, typename Response>
  void BindOne(rpc::ServiceBinding& binding, const char* name, auth::Roles roles,
               Method<Request, Response> method) const;

  // One transaction that claims the request and writes by `body`, or finds by `replay` what the
  // first call was answered. WriteOffer's body names the offer that is the answer.
  template <typename Request, typename Body>
  Record WriteOffer(const rpc::Call& call, const Request& request, Body body) const;
  template <typename Request, typename Body>
  SessionOr WriteSession(const rpc::Call& call, const Request& request, Body body) const;
  template <typename Message, typename Request, typename Body, typename Replay>
  absl::StatusOr<Message> Write(const rpc::Call& call, const Request& request, Body body,
                                Replay replay) const;
  template <typename Request>
  Record TakeStep(const rpc::Call& call, const Request& request, OfferStep step,
                  absl::string_view text) const;

  // Adds sessions to come and visibility to a list of these records.
  absl::Status AddFullView(
      absl::Time deadline, std::vector<OfferRecord> records,
      destinationmetier::catalogue::v1::ListOfferRecordsResponse& response) const;
  absl::StatusOr<OfferRecord> FindOwn(const rpc::Call& call, const std::string& name) const;

  database::Database* database_;
  const search::CatalogueIndex* index_;
  const rpc::PageTokens* page_tokens_;
  const Clock* clock_;
  std::function<void()> on_events_;
};

}  // namespace dm::catalogue
