#include "services/catalogue/api/catalogue_api.h"

#include "absl/strings/str_cat.h"
#include "common/errors/error.h"
#include "services/catalogue/api/normal_request.h"
#include "services/catalogue/api/pending_read.h"
#include "services/catalogue/api/validation.h"

#include <exception>
#include <type_traits>
#include <utility>

namespace dm::catalogue {

namespace pb = destinationmetier::catalogue::v1;

namespace {

// Searches see what was committed after at most so long: it counts as part of an answer's age.
constexpr absl::Duration kIndexBehind = absl::Milliseconds(150);

}  // namespace

CatalogueApi::CatalogueApi(database::Database* database, const search::CatalogueIndex* index,
                           const rpc::PageTokens* page_tokens, const Clock* clock,
                           std::function<void()> on_events, size_t most_cached_bytes)
    : database_(database),
      index_(index),
      page_tokens_(page_tokens),
      clock_(clock),
      on_events_(std::move(on_events)),
      answers_(std::make_unique<AnswerCache>(clock, most_cached_bytes)),
      offers_(std::make_unique<GatheringQueue<std::shared_ptr<PendingOffer>>>(
          GatheringQueue<std::shared_ptr<PendingOffer>>::Options(),
          [this](const std::vector<std::shared_ptr<PendingOffer>>& all) { ReadOffers(all); })) {}

CatalogueApi::~CatalogueApi() = default;

template <typename Request, typename Response>
absl::StatusOr<Response> CatalogueApi::Read(ReadMethod<Request, Response> read,
                                            const rpc::Call& call, const Request& request) const {
  // A row that reads otherwise than it should must not end the executor's thread.
  try {
    return (this->*read)(call, request);
  } catch (const std::exception& failure) {
    return absl::InternalError(failure.what());
  }
}

template <typename Pending>
void CatalogueApi::AnswerRead(std::shared_ptr<Pending> pending) const {
  if (const auto found = answers_->Find(pending->key); found != nullptr) {
    std::move(pending->done)(*found);
    return;
  }
  const bool reads = answers_->Begin(pending->key, [this, pending](AnswerCache::Answer answer) {
    if (answer != nullptr) {
      std::move(pending->done)(*answer);
    } else {
      AnswerRead(pending);
    }
  });
  if (!reads) return;
  if (!Submit(pending)) {
    answers_->Finish(pending->key, nullptr, absl::InfinitePast());
    std::move(pending->done)(OverloadedError(absl::Milliseconds(200)));
  }
}

template <typename Pending>
bool CatalogueApi::Submit(std::shared_ptr<Pending> pending) const {
  Executor& executor = pending->pipeline->executor();
  // The offers that many ask for one by one are read together: a statement costs more than a row.
  if constexpr (std::is_same_v<Pending, PendingOffer>) {
    return offers_->Add(&executor, std::move(pending));
  } else {
    return executor.TrySubmit([this, pending = std::move(pending)] { ReadNow(*pending); });
  }
}

template <typename Pending>
void CatalogueApi::ReadNow(Pending& pending) const {
  const absl::Time start = clock_->Now() - pending.behind;
  const absl::Status alive = pending.pipeline->CheckAlive(*pending.call);
  FinishRead(pending,
             alive.ok() ? Read(pending.read, *pending.call, pending.request)
                        : decltype(Read(pending.read, *pending.call, pending.request))(alive),
             start);
}

template <typename Request, typename Response>
void CatalogueApi::BindRead(rpc::ServiceBinding& binding, rpc::Pipeline* pipeline, const char* name,
                            ReadMethod<Request, Response> read, absl::Duration behind) const {
  const auto answer = [this, pipeline, name, read, behind](std::shared_ptr<const rpc::Call> call,
                                                           const Request& request,
                                                           rpc::Done<grpc::ByteBuffer> done) {
    auto pending = std::make_shared<PendingRead<Request, Response>>();
    pending->pipeline = pipeline;
    pending->read = read;
    pending->behind = behind;
    pending->call = std::move(call);
    pending->request = request;
    Normalise(&pending->request);
    pending->key = absl::StrCat(name, " ", pending->request.SerializeAsString());
    pending->done = std::move(done);
    AnswerRead(std::move(pending));
  };
  binding.Async<Request, grpc::ByteBuffer>(
      name, {.roles = {auth::Role::kAnonymous}},
      [](const Request& request, Violations& violations) { Validate(request, violations); },
      answer);
}

std::unique_ptr<rpc::ServiceBinding> CatalogueApi::Bind(rpc::Pipeline* pipeline) const {
  auto binding = std::make_unique<rpc::ServiceBinding>(
      pb::Sector::descriptor()->file()->FindServiceByName("CatalogueService"), pipeline);
  BindRead(*binding, pipeline, "ListSectors", &CatalogueApi::ListSectors);
  BindRead(*binding, pipeline, "ListInterests", &CatalogueApi::ListInterests);
  BindRead(*binding, pipeline, "SearchProfessions", &CatalogueApi::SearchProfessions, kIndexBehind);
  BindRead(*binding, pipeline, "SuggestProfessions", &CatalogueApi::SuggestProfessions,
           kIndexBehind);
  BindRead(*binding, pipeline, "GetProfession", &CatalogueApi::GetProfession);
  BindRead(*binding, pipeline, "SearchCompanies", &CatalogueApi::SearchCompanies, kIndexBehind);
  BindRead(*binding, pipeline, "GetCompany", &CatalogueApi::GetCompany);
  BindRead(*binding, pipeline, "SearchOffers", &CatalogueApi::SearchOffers, kIndexBehind);
  BindRead(*binding, pipeline, "GetOffer", &CatalogueApi::GetOffer);
  binding->Blocking<pb::CancelSessionRequest, pb::Session>(
      "CancelSession", {.roles = {auth::Role::kHost, auth::Role::kAgency, auth::Role::kOperator}},
      [](const auto& asked, Violations& violations) { Validate(asked, violations); },
      [this](const rpc::Call& call, const auto& asked) { return CancelSession(call, asked); });
  return binding;
}

}  // namespace dm::catalogue
