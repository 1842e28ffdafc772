#include "services/catalogue/api/catalogue_api.h"

#include "absl/strings/str_cat.h"
#include "common/errors/error.h"
#include "services/catalogue/api/normal_request.h"
#include "services/catalogue/api/searched_words.h"
#include "services/catalogue/api/validation.h"

#include <exception>
#include <utility>

namespace dm::catalogue {

namespace pb = destinationmetier::catalogue::v1;

namespace {

// Searches see what was committed after at most so long: it counts as part of an answer's age.
constexpr absl::Duration kIndexBehind = absl::Milliseconds(150);

}  // namespace

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

// A call that waits for its answer.
template <typename Request, typename Response>
struct CatalogueApi::PendingRead {
  rpc::Pipeline* pipeline = nullptr;
  ReadMethod<Request, Response> read = nullptr;
  // How old what it looks at may be.
  absl::Duration behind;
  std::string key;
  // What is searched for, when that is to be counted.
  SearchedWords searched;
  std::shared_ptr<const rpc::Call> call;
  Request request;
  rpc::Done<grpc::ByteBuffer> done;
};

template <typename Pending>
void CatalogueApi::AnswerRead(std::shared_ptr<Pending> pending) const {
  if (const auto found = answers_->Find(pending->key); found != nullptr) {
    Deliver(*pending, *found);
    return;
  }
  const bool reads = answers_->Begin(pending->key, [this, pending](AnswerCache::Answer answer) {
    if (answer != nullptr) {
      Deliver(*pending, *answer);
    } else {
      AnswerRead(pending);
    }
  });
  if (!reads) return;
  if (!pending->pipeline->executor().TrySubmit([this, pending] { ReadNow(*pending); })) {
    answers_->Finish(pending->key, nullptr, absl::InfinitePast());
    std::move(pending->done)(OverloadedError(absl::Milliseconds(200)));
  }
}

template <typename Pending>
void CatalogueApi::ReadNow(Pending& pending) const {
  const absl::Time start = clock_->Now() - pending.behind;
  const absl::Status alive = pending.pipeline->CheckAlive(*pending.call);
  auto response = alive.ok() ? Read(pending.read, *pending.call, pending.request)
                             : decltype(Read(pending.read, *pending.call, pending.request))(alive);
  if (!response.ok()) {
    answers_->Finish(pending.key, nullptr, start);
    std::move(pending.done)(response.status());
    return;
  }
  const grpc::Slice bytes(response->SerializeAsString());
  const auto answer = std::make_shared<const AnswerCache::Message>(
      AnswerCache::Message{grpc::ByteBuffer(&bytes, 1), FoundNothing(*response)});
  answers_->Finish(pending.key, answer, start);
  Deliver(pending, *answer);
}

template <typename Pending>
void CatalogueApi::Deliver(Pending& pending, const AnswerCache::Message& answer) const {
  if (searches_ != nullptr && pending.searched.subject.has_value()) {
    searches_->Count(*pending.searched.subject, pending.searched.query, answer.nothing_found);
  }
  std::move(pending.done)(answer.bytes);
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
    pending->searched = WordsSearched(request);
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
