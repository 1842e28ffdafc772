#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/answers/answer_cache.h"
#include "common/errors/error.h"
#include "common/rpc/call.h"
#include "common/rpc/pipeline.h"
#include "common/rpc/service_binding.h"
#include "common/telemetry/trace_context.h"
#include "common/time/clock.h"
#include "services/catalogue/api/gathering_queue.h"
#include "services/catalogue/api/normal_request.h"
#include "services/catalogue/api/searched_words.h"
#include "services/catalogue/api/validation.h"
#include "services/catalogue/domain/search_tally.h"
#include "services/catalogue/search/catalogue_index.h"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dm::catalogue {

// Public reads with their answers of the last second, and with older ones that are known to be true
// of the last second: a method that is bound here is open to everybody and asked once for all who
// ask the same. Its request has a Validate, and a Normalise where something is left to choose.
// Thread-safe once all is bound; outlives the bindings and the executor.
class CachedReads {
 public:
  // Both outlive this; `searches`, where searches are counted, may be null. With no bytes
  // everybody reads for themselves. `index`, where searches look, outlives this, too; it may be
  // null.
  CachedReads(const Clock* clock, size_t most_bytes, SearchTally* searches = nullptr,
              const search::CatalogueIndex* index = nullptr)
      : clock_(clock),
        searches_(searches),
        index_(index),
        answers_(clock, most_bytes, index == nullptr ? nullptr : UnchangedIn(index)) {}

  template <typename Api, typename Request, typename Response>
  using Method = absl::StatusOr<Response> (Api::*)(const rpc::Call&, const Request&) const;

  // From the cache where it is called, else on the executor. `pipeline` and `api` outlive the
  // binding.
  template <typename Api, typename Request, typename Response>
  void Bind(rpc::ServiceBinding& binding, rpc::Pipeline* pipeline, const char* name, const Api* api,
            Method<Api, Request, Response> read);

  // The same for what is found in the index. The answer is of when that was last known to have
  // everything, and is kept only while this is less than a second ago. While a large import is put
  // in, people are better served with what was found some seconds ago than with nothing, and are
  // told its age; after kLongestBehind there is no answer but UNAVAILABLE.
  template <typename Api, typename Request, typename Response>
  void BindSearch(rpc::ServiceBinding& binding, rpc::Pipeline* pipeline, const char* name,
                  const Api* api, Method<Api, Request, Response> search);

  // One answer a request, in their order.
  template <typename Api, typename Request, typename Response>
  using ManyMethod = std::vector<absl::StatusOr<Response>> (Api::*)(
      absl::Time deadline, const std::vector<Request>&) const;

  // The same for what many ask for one by one: what is asked for while earlier ones are read is
  // read together, since a statement costs more than a row.
  template <typename Api, typename Request, typename Response>
  void BindGathered(rpc::ServiceBinding& binding, rpc::Pipeline* pipeline, const char* name,
                    const Api* api, ManyMethod<Api, Request, Response> read);

 private:
  // A serialized answer.
  struct Message {
    grpc::ByteBuffer bytes;
    // Whether it is a search's that found nothing.
    bool nothing_found = false;

    size_t ByteSize() const { return bytes.Length() + sizeof(Message); }
  };
  using Cache = AnswerCache<Message>;
  static Cache::UnchangedUntil UnchangedIn(const search::CatalogueIndex* index) {
    return [index](uint64_t changes) { return index->UnchangedUntil(changes); };
  }
  // The most that an answer is good for while nothing changes: its page token ages, too.
  static constexpr absl::Duration kLongestSteady = absl::Minutes(1);
  static constexpr absl::Duration kLongestBehind = absl::Seconds(10);

  template <typename Request>
  struct Pending;
  template <typename Request>
  using Submit = std::function<bool(const std::shared_ptr<Pending<Request>>&)>;

  // Of when a thing is that is read from now on.
  using ReadTime = absl::StatusOr<absl::Time> (CachedReads::*)() const;
  absl::StatusOr<absl::Time> TimeOfTables() const { return clock_->Now(); }
  absl::StatusOr<absl::Time> TimeOfIndex() const;

  template <typename Api, typename Request, typename Response>
  void BindOne(rpc::ServiceBinding& binding, rpc::Pipeline* pipeline, const char* name,
               const Api* api, Method<Api, Request, Response> read, ReadTime time);
  template <typename Request>
  void BindRead(rpc::ServiceBinding& binding, rpc::Pipeline* pipeline, const char* name,
                Submit<Request> submit) const;

  // Answers from the cache, with what somebody else is reading, or by reading. Who waited for a
  // reading that brought nothing waits for no other: reads that fail, or last too long, would be
  // waited for one after the other.
  template <typename Request>
  void Answer(std::shared_ptr<Pending<Request>> pending) const;
  template <typename Request>
  void Read(const std::shared_ptr<Pending<Request>>& pending) const;
  // What was read began to be so at `read`.
  template <typename Request, typename Response>
  void Finish(Pending<Request>& pending, const absl::StatusOr<Response>& response,
              absl::Time read) const;
  // Gives an answer to who waits for it, tells how old it is and counts the search that it was.
  template <typename Request>
  void Deliver(Pending<Request>& pending, const Cache::Kept& kept) const;
  template <typename Api, typename Request, typename Response>
  void ReadTogether(const Api* api, ManyMethod<Api, Request, Response> read,
                    std::vector<std::shared_ptr<Pending<Request>>> all) const;

  const Clock* const clock_;
  SearchTally* const searches_;
  const search::CatalogueIndex* const index_;
  // Its own lock guards it.
  mutable Cache answers_;
  // Queues of what is gathered; the executor's tasks look at them.
  std::vector<std::shared_ptr<void>> queues_;
};

// A call that waits for its answer.
template <typename Request>
struct CachedReads::Pending {
  rpc::Pipeline* pipeline = nullptr;
  std::shared_ptr<const Submit<Request>> submit;
  std::string key;
  // What is searched for, when that is to be counted.
  SearchedWords searched;
  std::shared_ptr<const rpc::Call> call;
  Request request;
  // Whether what it reads is for the cache, too.
  bool leads = false;
  // The index's before the reading began.
  uint64_t changes = 0;
  rpc::Done<grpc::ByteBuffer> done;
};

template <typename Request>
void CachedReads::Answer(std::shared_ptr<Pending<Request>> pending) const {
  if (const Cache::Kept found = answers_.Find(pending->key)) {
    Deliver(*pending, found);
    return;
  }
  const bool leads = answers_.Begin(pending->key, [this, pending](Cache::Kept kept) {
    if (kept) {
      Deliver(*pending, kept);
    } else {
      Read(pending);
    }
  });
  if (!leads) return;
  pending->leads = true;
  Read(pending);
}

template <typename Request>
void CachedReads::Read(const std::shared_ptr<Pending<Request>>& pending) const {
  if ((*pending->submit)(pending)) return;
  if (pending->leads) answers_.Finish(pending->key, {});
  std::move(pending->done)(OverloadedError(absl::Milliseconds(200)));
}

template <typename Request, typename Response>
void CachedReads::Finish(Pending<Request>& pending, const absl::StatusOr<Response>& response,
                         absl::Time read) const {
  if (!response.ok()) {
    if (pending.leads) answers_.Finish(pending.key, {});
    std::move(pending.done)(response.status());
    return;
  }
  const grpc::Slice bytes(response->SerializeAsString());
  const Cache::Kept kept{.answer = std::make_shared<const Message>(
                             Message{grpc::ByteBuffer(&bytes, 1), FoundNothing(*response)}),
                         .read = read,
                         .steady_until = std::min(SteadyUntil(*response), read + kLongestSteady),
                         .changes = pending.changes};
  if (pending.leads) answers_.Finish(pending.key, kept);
  Deliver(pending, kept);
}

template <typename Request>
void CachedReads::Deliver(Pending<Request>& pending, const Cache::Kept& kept) const {
  if (searches_ != nullptr && pending.searched.subject.has_value()) {
    searches_->Count(*pending.searched.subject, pending.searched.query, kept.answer->nothing_found);
  }
  pending.call->TellAge(clock_->Now() - kept.read);
  std::move(pending.done)(kept.answer->bytes);
}

template <typename Api, typename Request, typename Response>
void CachedReads::ReadTogether(const Api* api, ManyMethod<Api, Request, Response> read,
                               std::vector<std::shared_ptr<Pending<Request>>> all) const {
  const absl::Time start = clock_->Now();
  std::vector<std::shared_ptr<Pending<Request>>> pending;
  std::vector<Request> requests;
  absl::Time deadline = absl::InfinitePast();
  for (auto& one : all) {
    if (const absl::Status alive = one->pipeline->CheckAlive(*one->call); !alive.ok()) {
      Finish(*one, absl::StatusOr<Response>(alive), start);
      continue;
    }
    requests.push_back(one->request);
    deadline = std::max(deadline, one->call->deadline);
    pending.push_back(std::move(one));
  }
  if (pending.empty()) return;
  // One reading for all: it is told in the trace of the first.
  const telemetry::TraceScope scope(pending.front()->call->traceparent);
  std::vector<absl::StatusOr<Response>> answers;
  // A row that reads otherwise than it should must not end the executor's thread.
  try {
    answers = (api->*read)(deadline, requests);
  } catch (const std::exception& failure) {
    answers.assign(pending.size(), absl::InternalError(failure.what()));
  }
  for (size_t i = 0; i < pending.size(); ++i) Finish(*pending[i], answers[i], start);
}

template <typename Request>
void CachedReads::BindRead(rpc::ServiceBinding& binding, rpc::Pipeline* pipeline, const char* name,
                           Submit<Request> submit) const {
  const auto kept = std::make_shared<const Submit<Request>>(std::move(submit));
  const auto answer = [this, pipeline, name, kept](std::shared_ptr<const rpc::Call> call,
                                                   const Request& request,
                                                   rpc::Done<grpc::ByteBuffer> done) {
    auto pending = std::make_shared<Pending<Request>>();
    pending->pipeline = pipeline;
    pending->submit = kept;
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

inline absl::StatusOr<absl::Time> CachedReads::TimeOfIndex() const {
  // In this order, since who follows goes on: only a clock that was set back is behind.
  const absl::Time followed = index_->followed();
  const absl::Duration age = clock_->Now() - followed;
  if (age < absl::ZeroDuration() || age >= kLongestBehind) {
    return BackendUnavailableError("search index");
  }
  return followed;
}

template <typename Api, typename Request, typename Response>
void CachedReads::Bind(rpc::ServiceBinding& binding, rpc::Pipeline* pipeline, const char* name,
                       const Api* api, Method<Api, Request, Response> read) {
  BindOne(binding, pipeline, name, api, read, &CachedReads::TimeOfTables);
}

template <typename Api, typename Request, typename Response>
void CachedReads::BindSearch(rpc::ServiceBinding& binding, rpc::Pipeline* pipeline,
                             const char* name, const Api* api,
                             Method<Api, Request, Response> search) {
  BindOne(binding, pipeline, name, api, search, &CachedReads::TimeOfIndex);
}

template <typename Api, typename Request, typename Response>
void CachedReads::BindOne(rpc::ServiceBinding& binding, rpc::Pipeline* pipeline, const char* name,
                          const Api* api, Method<Api, Request, Response> read, ReadTime time) {
  const auto read_now = [=, this](Pending<Request>& pending) {
    // Both before the method looks: what comes in meanwhile makes its answer younger than told.
    const absl::StatusOr<absl::Time> start = (this->*time)();
    if (index_ != nullptr) pending.changes = index_->changes();
    const absl::Status alive = pipeline->CheckAlive(*pending.call);
    if (!alive.ok() || !start.ok()) {
      const absl::Status& why = alive.ok() ? start.status() : alive;
      Finish(pending, absl::StatusOr<Response>(why), absl::InfinitePast());
      return;
    }
    absl::StatusOr<Response> response = absl::InternalError("");
    const telemetry::TraceScope scope(pending.call->traceparent);
    // A row that reads otherwise than it should must not end the executor's thread.
    try {
      response = (api->*read)(*pending.call, pending.request);
    } catch (const std::exception& failure) {
      response = absl::InternalError(failure.what());
    }
    Finish(pending, response, *start);
  };
  BindRead<Request>(binding, pipeline, name, [pipeline, read_now](const auto& pending) {
    return pipeline->executor().TrySubmit([read_now, pending] { read_now(*pending); },
                                          pending->call->deadline);
  });
}

template <typename Api, typename Request, typename Response>
void CachedReads::BindGathered(rpc::ServiceBinding& binding, rpc::Pipeline* pipeline,
                               const char* name, const Api* api,
                               ManyMethod<Api, Request, Response> read) {
  using Queue = GatheringQueue<std::shared_ptr<Pending<Request>>>;
  const auto queue = std::make_shared<Queue>(
      typename Queue::Options(),
      [this, api, read](std::vector<std::shared_ptr<Pending<Request>>> all) {
        ReadTogether(api, read, std::move(all));
      });
  queues_.push_back(queue);
  BindRead<Request>(binding, pipeline, name, [pipeline, queue = queue.get()](const auto& pending) {
    return queue->Add(&pipeline->executor(), pending);
  });
}

}  // namespace dm::catalogue
