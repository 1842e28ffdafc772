#pragma once

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/rpc/call.h"
#include "common/rpc/page_token.h"
#include "common/rpc/service_binding.h"
#include "common/time/clock.h"
#include "destinationmetier/catalogue/v1/catalogue_service.pb.h"
#include "services/catalogue/api/answer_cache.h"
#include "services/catalogue/api/gathering_queue.h"
#include "services/catalogue/search/catalogue_index.h"

#include <functional>
#include <memory>
#include <utility>

namespace dm::catalogue {

// CatalogueService. The methods take requests that Validate found nothing wrong with. Thread-safe.
class CatalogueApi {
 public:
  static constexpr size_t kMostCachedBytes = size_t{64} << 20;

  // All outlive this. `on_events` runs after each write that sent events.
  CatalogueApi(database::Database* database, const search::CatalogueIndex* index,
               const rpc::PageTokens* page_tokens, const Clock* clock,
               std::function<void()> on_events, size_t most_cached_bytes = kMostCachedBytes);
  ~CatalogueApi();

  absl::StatusOr<destinationmetier::catalogue::v1::ListSectorsResponse> ListSectors(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::ListSectorsRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::ListInterestsResponse> ListInterests(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::ListInterestsRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::SearchProfessionsResponse> SearchProfessions(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::SearchProfessionsRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::SuggestProfessionsResponse> SuggestProfessions(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::SuggestProfessionsRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::Profession> GetProfession(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::GetProfessionRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::SearchCompaniesResponse> SearchCompanies(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::SearchCompaniesRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::Company> GetCompany(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::GetCompanyRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::SearchOffersResponse> SearchOffers(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::SearchOffersRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::Offer> GetOffer(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::GetOfferRequest& request) const;
  absl::StatusOr<destinationmetier::catalogue::v1::Session> CancelSession(
      const rpc::Call& call,
      const destinationmetier::catalogue::v1::CancelSessionRequest& request) const;

  // The service bound to its methods, with answers to reads that are up to 1 s old; this outlives
  // it.
  std::unique_ptr<rpc::ServiceBinding> Bind(rpc::Pipeline* pipeline) const;

 private:
  template <typename Request, typename Response>
  using ReadMethod = absl::StatusOr<Response> (CatalogueApi::*)(const rpc::Call&,
                                                                const Request&) const;
  template <typename Request, typename Response>
  struct PendingRead;
  using PendingOffer = PendingRead<destinationmetier::catalogue::v1::GetOfferRequest,
                                   destinationmetier::catalogue::v1::Offer>;

  // Binds a public read: from the cache where it is called, else on the executor. What it looks at
  // is up to `behind` old.
  template <typename Request, typename Response>
  void BindRead(rpc::ServiceBinding& binding, rpc::Pipeline* pipeline, const char* name,
                ReadMethod<Request, Response> read,
                absl::Duration behind = absl::ZeroDuration()) const;
  // Answers from the cache, with what somebody else is reading, or by reading.
  template <typename Pending>
  void AnswerRead(std::shared_ptr<Pending> pending) const;
  // Sees to it that it is read on the executor; false when too much waits there.
  template <typename Pending>
  bool Submit(std::shared_ptr<Pending> pending) const;
  template <typename Pending>
  void ReadNow(Pending& pending) const;
  void ReadOffers(const std::vector<std::shared_ptr<PendingOffer>>& all) const;
  // Answers a call, and those who wait for the same. What was read began to be so at `read`.
  template <typename Pending, typename Response>
  void FinishRead(Pending& pending, const absl::StatusOr<Response>& response,
                  absl::Time read) const;
  template <typename Request, typename Response>
  absl::StatusOr<Response> Read(ReadMethod<Request, Response> read, const rpc::Call& call,
                                const Request& request) const;

  database::Database* database_;
  const search::CatalogueIndex* index_;
  const rpc::PageTokens* page_tokens_;
  const Clock* clock_;
  std::function<void()> on_events_;
  std::unique_ptr<AnswerCache> answers_;
  std::unique_ptr<GatheringQueue<std::shared_ptr<PendingOffer>>> offers_;
};

}  // namespace dm::catalogue
