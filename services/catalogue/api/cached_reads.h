#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/errors/error.h"
#include "common/rpc/call.h"
#include "common/rpc/pipeline.h"
#include "common/rpc/service_binding.h"
#include "common/time/clock.h"
#include "services/catalogue/api/answer_cache.h"
#include "services/catalogue/api/normal_request.h"
#include "services/catalogue/api/searched_words.h"
#include "services/catalogue/api/validation.h"
#include "services/catalogue/domain/search_tally.h"

#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace dm::catalogue {

// Public reads with their answers of the last second: a method that is bound here is open to
// everybody and asked once for all who ask the same. Its request has a Validate, and a Normalise
// where something is left to choose. Thread-safe; outlives the bindings.
class CachedReads {
 public:
  // Both outlive this; `searches`, where searches are counted, may be null. With no bytes
  // everybody reads for themselves.
  CachedReads(const Clock* clock, size_t most_bytes, SearchTally* searches = nullptr)
      : clock_(clock), searches_(searches), answers_(clock, most_bytes) {}

  template <typename Api, typename Request, typename Response>
  using Method = absl::StatusOr<Response> (Api::*)(const rpc::Call&, const Request&) const;

  // From the cache where it is called, else on the executor. What the method looks at is up to
  // `behind` old. `pipeline` and `api` outlive the binding.
  template <typename Api, typename Request, typename Response>
  void Bind(rpc::ServiceBinding& binding, rpc::Pipeline* pipeline, const char* name, const Api* api,
            Method<Api, Request, Response> read,
            absl::Duration behind = absl::ZeroDuration()) const;

 private:
  template <typename Api, typename Request, typename Response>
  struct Pending;

  // Answers from the cache, with what somebody else is reading, or by reading.
  template <typename Waiting>
  void Answer(std::shared_ptr<Waiting> pending) const;
  template <typename Waiting>
  void ReadNow(Waiting& pending) const;
  // Gives an answer to who waits for it, and counts the search that it was.
  template <typename Waiting>
  void Deliver(Waiting& pending, const AnswerCache::Message& answer) const;

  const Clock* const clock_;
  SearchTally* const searches_;
  // Its own lock guards it.
  mutable AnswerCache answers_;
};

// A call that waits for its answer.
template <typename Api, typename Request, typename Response>
struct CachedReads::Pending {
  rpc::Pipeline* pipeline = nullptr;
  const Api* api = nullptr;
  Method<Api, Request, Response> read = nullptr;
  // How old what it looks at may be.
  absl::Duration behind;
  std::string key;
  // What is searched for, when that is to be counted.
  SearchedWords searched;
  std::shared_ptr<const rpc::Call> call;
  Request request;
  rpc::Done<grpc::ByteBuffer> done;

  absl::StatusOr<Response> Read() const {
    if (absl::Status alive = pipeline->CheckAlive(*call); !alive.ok()) return alive;
    // A row that reads otherwise than it should must not end the executor's thread.
    try {
      return (api->*read)(*call, request);
    } catch (const std::exception& failure) {
      return absl::InternalError(failure.what());
    }
  }
};

template <typename Waiting>
void CachedReads::Answer(std::shared_ptr<Waiting> pending) const {
  if (const auto found = answers_.Find(pending->key); found != nullptr) {
    Deliver(*pending, *found);
    return;
  }
  const bool reads = answers_.Begin(pending->key, [this, pending](AnswerCache::Answer answer) {
    if (answer != nullptr) {
      Deliver(*pending, *answer);
    } else {
      Answer(pending);
    }
  });
  if (!reads) return;
  if (!pending->pipeline->executor().TrySubmit([this, pending] { ReadNow(*pending); })) {
    answers_.Finish(pending->key, nullptr, absl::InfinitePast());
    std::move(pending->done)(OverloadedError(absl::Milliseconds(200)));
  }
}

template <typename Waiting>
void CachedReads::ReadNow(Waiting& pending) const {
  const absl::Time start = clock_->Now() - pending.behind;
  const auto response = pending.Read();
  if (!response.ok()) {
    answers_.Finish(pending.key, nullptr, start);
    std::move(pending.done)(response.status());
    return;
  }
  const grpc::Slice bytes(response->SerializeAsString());
  const auto answer = std::make_shared<const AnswerCache::Message>(
      AnswerCache::Message{grpc::ByteBuffer(&bytes, 1), FoundNothing(*response)});
  answers_.Finish(pending.key, answer, start);
  Deliver(pending, *answer);
}

template <typename Waiting>
void CachedReads::Deliver(Waiting& pending, const AnswerCache::Message& answer) const {
  if (searches_ != nullptr && pending.searched.subject.has_value()) {
    searches_->Count(*pending.searched.subject, pending.searched.query, answer.nothing_found);
  }
  std::move(pending.done)(answer.bytes);
}

template <typename Api, typename Request, typename Response>
void CachedReads::Bind(rpc::ServiceBinding& binding, rpc::Pipeline* pipeline, const char* name,
                       const Api* api, Method<Api, Request, Response> read,
                       absl::Duration behind) const {
  const auto answer = [=, this](std::shared_ptr<const rpc::Call> call, const Request& request,
                                rpc::Done<grpc::ByteBuffer> done) {
    auto pending = std::make_shared<Pending<Api, Request, Response>>();
    pending->pipeline = pipeline;
    pending->api = api;
    pending->read = read;
    pending->behind = behind;
    pending->call = std::move(call);
    pending->request = request;
    pending->searched = WordsSearched(request);
    Normalise(&pending->request);
    pending->key = absl::StrCat(name, " ", pending->request.SerializeAsString());
    pending->done = std::move(done);
    Answer(std::move(pending));
  };
  binding.Async<Request, grpc::ByteBuffer>(
      name, {.roles = {auth::Role::kAnonymous}},
      [](const Request& request, Violations& violations) { Validate(request, violations); },
      answer);
}

}  // namespace dm::catalogue
