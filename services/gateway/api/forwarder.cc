#include "services/gateway/api/forwarder.h"

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/mutex.h"
#include "common/errors/error.h"
#include "common/rpc/call.h"
#include "common/rpc/method_metrics.h"
#include "common/rpc/rpc_spans.h"
#include "common/telemetry/trace_context.h"
#include "services/gateway/api/peer_status.h"

#include <grpcpp/impl/codegen/rpc_service_method.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>

#include <algorithm>
#include <utility>

namespace dm::gateway {
namespace {

using grpc::ByteBuffer;

std::string MetadataOf(const grpc::CallbackServerContext& context, const char* key) {
  const auto found = context.client_metadata().find(key);
  if (found == context.client_metadata().end()) return "";
  const absl::string_view value(found->second.data(), found->second.size());
  return CanTravel(value) ? std::string(value) : "";
}

// More than one is none.
std::string AuthorizationOf(const grpc::CallbackServerContext& context) {
  constexpr char kName[] = "authorization";
  return context.client_metadata().count(kName) > 1 ? "," : MetadataOf(context, kName);
}

CallContext ContextOf(const grpc::CallbackServerContext& context, absl::Time start,
                      absl::Time deadline) {
  const std::string parent = MetadataOf(context, "traceparent");
  return {.authorization = AuthorizationOf(context),
          .traceparent = telemetry::ContinueTrace(parent),
          .tracestate = telemetry::PassableTracestate(parent, MetadataOf(context, "tracestate")),
          .caller_traceparent = parent,
          .accept_language = MetadataOf(context, "accept-language"),
          .start = start,
          .deadline = deadline,
          .origin = OriginOf(context)};
}

// gRPC's own keys are made anew from the status.
void PassTrailers(const grpc::ClientContext& from, grpc::CallbackServerContext* to) {
  for (const auto& [key, value] : from.GetServerTrailingMetadata()) {
    const absl::string_view name(key.data(), key.size());
    if (absl::StartsWith(name, "grpc-") || absl::StartsWith(name, ":")) continue;
    // Between services.
    if (name == rpc::kAgeMetadata) continue;
    to->AddTrailingMetadata(std::string(name), std::string(value.data(), value.size()));
  }
}

}  // namespace

// One method of the service, and what it takes to reach it.
struct Forwarder::Method {
  Method(std::string name, ChannelBackend* to, PublicReads* memory, const Admission* door)
      : path(std::move(name)),
        metrics(path),
        peer(to),
        reads(PublicReads::Covers(path) ? memory : nullptr),
        admission(door),
        policy(rpc::FindMethod(path)) {}

  // Makes the call's context. A refusal is what the caller gets instead of a call to the peer.
  Admission::Verdict Admit(grpc::CallbackServerContext* context, absl::Time now,
                           CallContext* call) const {
    Admission::Verdict verdict;
    if (policy == nullptr) {
      verdict.status = absl::InternalError("a method that is not in the table");
      return verdict;
    }
    const absl::Time deadline =
        std::min(absl::FromChrono(context->deadline()), now + policy->access.max_time);
    *call = ContextOf(*context, now, deadline);
    verdict.status = admission->CheckPeer(*context, path);
    if (!verdict.status.ok()) return verdict;
    verdict = admission->Admit(*policy, *call);
    if (!verdict.status.ok() && !verdict.limit.empty()) {
      context->AddTrailingMetadata("ratelimit", verdict.limit);
      context->AddTrailingMetadata("ratelimit-policy", verdict.policy);
    }
    return verdict;
  }

  const std::string path;
  const rpc::MethodMetrics metrics;
  ChannelBackend* const peer;
  // Null where the method is no public read.
  PublicReads* const reads;
  const Admission* const admission;
  const rpc::MethodPolicy* const policy;
};

namespace {

// What one forwarded call counts at its end.
class Count {
 public:
  // All outlive it.
  Count(const std::string* path, const rpc::MethodMetrics* metrics, const Clock* clock)
      : path_(path), metrics_(metrics), clock_(clock), start_(clock->Now()) {}
  absl::Time start() const { return start_; }
  // Once it is known whose it is, and of which trace.
  void For(UsedCall use, const CallContext& call) {
    use_ = std::move(use);
    if (!telemetry::IsRecorded(call.traceparent)) return;
    traceparent_ = call.traceparent;
    parent_ = call.caller_traceparent;
  }
  void End(const grpc::Status& status) const {
    const auto code = static_cast<absl::StatusCode>(status.error_code());
    const absl::Time end = clock_->Now();
    metrics_->Count(code, end - start_);
    use_.End(code);
    rpc::RecordAnswer({.method = *path_,
                       .traceparent = traceparent_,
                       .parent = parent_,
                       .start = start_,
                       .end = end},
                      code);
  }

 private:
  const std::string* path_;
  const rpc::MethodMetrics* metrics_;
  const Clock* clock_;
  absl::Time start_;
  UsedCall use_;
  // Empty where no span is to be recorded.
  std::string traceparent_;
  std::string parent_;
};

// One unary call. Finish is called in the peer's completion alone, which always comes: at the
// latest by the deadline. So everything here outlives the call to the peer.
class UnaryForward final : public grpc::ServerUnaryReactor {
 public:
  UnaryForward(grpc::CallbackServerContext* context, ByteBuffer* response, Count count)
      : context_(context), response_(response), count_(std::move(count)) {}

  template <typename Method>
  void Start(const Method& method, const ByteBuffer* request) {
    CallContext call;
    Admission::Verdict verdict = method.Admit(context_, count_.start(), &call);
    count_.For(std::move(verdict.use), call);
    language_ = LanguageOf(call.accept_language);
    if (!verdict.status.ok()) return End(Presentable(verdict.status, language_));
    // Who says that all is sent without having sent anything. gRPC aborts the process that passes
    // such a request on.
    if (!request->Valid()) {
      Violations violations;
      violations.Add("request", "is missing: the call has no message");
      return End(Presentable(violations.ToStatus(), language_));
    }
    if (method.reads != nullptr && call.authorization.empty()) {
      // It is others' call too, and goes on when this caller has gone.
      return method.reads->Call(method.peer, method.path, call, *request,
                                [this](UnaryAnswer answer) {
                                  *response_ = std::move(answer.message);
                                  End(Presentable(answer.status, language_));
                                });
    }
    Apply(call, client_);
    method.peer->stub().UnaryCall(&client_, method.path, grpc::StubOptions(), request, response_,
                                  [this](const grpc::Status& status) {
                                    PassTrailers(client_, context_);
                                    End(Presentable(status, language_));
                                  });
  }

  void OnCancel() override { client_.TryCancel(); }
  void OnDone() override { delete this; }

 private:
  void End(const grpc::Status& shown) {
    count_.End(shown);
    Finish(shown);
  }

  grpc::CallbackServerContext* const context_;
  ByteBuffer* const response_;
  Count count_;
  absl::string_view language_;
  grpc::ClientContext client_;
};

// One stream. On the wire a direction that carries a single message is a stream of one, so streams
// in one direction need nothing of their own. Each direction reads a message, writes it on and
// reads the next only then, so that a slow reader slows the writer at the other end. The end always
// comes from the peer's side: its OnDone is what finishes the caller's.
class StreamForward final : public grpc::ServerBidiReactor<ByteBuffer, ByteBuffer> {
 public:
  StreamForward(grpc::CallbackServerContext* context, Count count)
      : context_(context), count_(std::move(count)), peer_(this) {}

  template <typename Method>
  void Start(const Method& method) {
    CallContext call;
    Admission::Verdict verdict = method.Admit(context_, count_.start(), &call);
    count_.For(std::move(verdict.use), call);
    language_ = LanguageOf(call.accept_language);
    if (!verdict.status.ok()) return End(Presentable(verdict.status, language_));
    Apply(call, client_);
    method.peer->stub().PrepareBidiStreamingCall(&client_, method.path, grpc::StubOptions(),
                                                 &peer_);
    // Operations towards the peer start in reactions to the caller: as long as that can happen, the
    // call to the peer must not end under them.
    peer_.AddHold();
    peer_.StartRead(&from_peer_);
    peer_.StartCall();
    StartRead(&from_caller_);
  }

  void OnReadDone(bool ok) override {
    absl::MutexLock lock(&mutex_);
    if (peer_ended_) return;
    if (ok) {
      peer_.StartWrite(&from_caller_);
    } else if (context_->IsCancelled()) {
      // Not the end of the caller's messages but of the caller: the peer must not take what came
      // so far for a whole upload.
      client_.TryCancel();
    } else {
      peer_.StartWritesDone();
    }
  }
  void OnWriteDone(bool ok) override {
    if (!ok) client_.TryCancel();
    peer_.StartRead(&from_peer_);
  }
  void OnCancel() override { client_.TryCancel(); }
  void OnDone() override { delete this; }

 private:
  class Peer final : public grpc::ClientBidiReactor<ByteBuffer, ByteBuffer> {
   public:
    explicit Peer(StreamForward* stream) : stream_(stream) {}
    void OnReadDone(bool ok) override { stream_->PeerSent(ok); }
    void OnWriteDone(bool ok) override { stream_->PeerTook(ok); }
    void OnDone(const grpc::Status& status) override { stream_->PeerDone(status); }

   private:
    StreamForward* const stream_;
  };

  void PeerSent(bool ok) {
    if (ok) return StartWrite(&from_peer_);
    {
      absl::MutexLock lock(&mutex_);
      peer_ended_ = true;
    }
    peer_.RemoveHold();
  }

  void PeerTook(bool ok) {
    // A peer that takes nothing more is about to end the call.
    if (ok) StartRead(&from_caller_);
  }

  void PeerDone(const grpc::Status& status) {
    PassTrailers(client_, context_);
    End(Presentable(status, language_));
  }

  void End(const grpc::Status& shown) {
    count_.End(shown);
    Finish(shown);
  }

  grpc::CallbackServerContext* const context_;
  Count count_;
  absl::string_view language_;
  grpc::ClientContext client_;
  ByteBuffer from_caller_;
  ByteBuffer from_peer_;
  absl::Mutex mutex_;
  // The peer reads and sends nothing more: no operation may be started towards it.
  bool peer_ended_ ABSL_GUARDED_BY(mutex_) = false;
  Peer peer_;
};

}  // namespace

Forwarder::Forwarder(const google::protobuf::ServiceDescriptor* service, ChannelBackend* peer,
                     PublicReads* reads, const Admission* admission, const Clock* clock)
    : clock_(clock) {
  for (int i = 0; i < service->method_count(); ++i) {
    const google::protobuf::MethodDescriptor& method = *service->method(i);
    methods_of_service_.push_back(std::make_unique<Method>(
        absl::StrCat("/", service->full_name(), "/", method.name()), peer, reads, admission));
    const bool streams = method.client_streaming() || method.server_streaming();
    streams ? AddStream(i, methods_of_service_.back().get())
            : AddUnary(i, methods_of_service_.back().get());
  }
}

Forwarder::~Forwarder() = default;

void Forwarder::AddUnary(int index, Method* method) {
  AddMethod(new grpc::internal::RpcServiceMethod(method->path.c_str(),
                                                 grpc::internal::RpcMethod::NORMAL_RPC, nullptr));
  MarkMethodRawCallback(index, new grpc::internal::CallbackUnaryHandler<ByteBuffer, ByteBuffer>(
                                   [this, method](grpc::CallbackServerContext* context,
                                                  const ByteBuffer* request, ByteBuffer* response) {
                                     auto* const call = new UnaryForward(
                                         context, response,
                                         Count(&method->path, &method->metrics, clock_));
                                     call->Start(*method, request);
                                     return call;
                                   }));
}

void Forwarder::AddStream(int index, Method* method) {
  AddMethod(new grpc::internal::RpcServiceMethod(
      method->path.c_str(), grpc::internal::RpcMethod::BIDI_STREAMING, nullptr));
  MarkMethodRawCallback(index, new grpc::internal::CallbackBidiHandler<ByteBuffer, ByteBuffer>(
                                   [this, method](grpc::CallbackServerContext* context) {
                                     auto* const call = new StreamForward(
                                         context, Count(&method->path, &method->metrics, clock_));
                                     call->Start(*method);
                                     return call;
                                   }));
}

}  // namespace dm::gateway
