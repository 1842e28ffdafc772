#include "services/gateway/api/forwarder.h"

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/mutex.h"
#include "common/rpc/call.h"
#include "common/rpc/method_metrics.h"
#include "common/rpc/trace_context.h"
#include "services/gateway/api/peer_status.h"

#include <grpcpp/impl/codegen/rpc_service_method.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>

#include <algorithm>
#include <utility>

namespace dm::gateway {
namespace {

using grpc::ByteBuffer;

// What a caller gets who sets no deadline, and what nobody may exceed.
constexpr absl::Duration kDefaultTime = absl::Seconds(10);
constexpr absl::Duration kLongestTime = absl::Minutes(1);
constexpr absl::Duration kLongestStream = absl::Minutes(30);

std::string MetadataOf(const grpc::CallbackServerContext& context, const char* key) {
  const auto found = context.client_metadata().find(key);
  if (found == context.client_metadata().end()) return "";
  const absl::string_view value(found->second.data(), found->second.size());
  return CanTravel(value) ? std::string(value) : "";
}

CallContext ContextOf(const grpc::CallbackServerContext& context, absl::Time start,
                      absl::Time deadline) {
  return {.authorization = MetadataOf(context, "authorization"),
          .traceparent = rpc::ContinueTrace(MetadataOf(context, "traceparent")),
          .accept_language = MetadataOf(context, "accept-language"),
          .start = start,
          .deadline = deadline};
}

// gRPC tells "no deadline" by a time that is ages away.
absl::Time DeadlineOf(const grpc::CallbackServerContext& context, absl::Time now,
                      absl::Duration unasked, absl::Duration longest) {
  const absl::Time asked = absl::FromChrono(context.deadline());
  return asked > now + absl::Hours(24) ? now + unasked : std::min(asked, now + longest);
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

struct Forwarder::Method {
  explicit Method(std::string name)
      : path(std::move(name)), public_read(PublicReads::Covers(path)), metrics(path) {}
  const std::string path;
  const bool public_read;
  const rpc::MethodMetrics metrics;
};

namespace {

// What one forwarded call counts at its end.
class Count {
 public:
  Count(const rpc::MethodMetrics* metrics, const Clock* clock)
      : metrics_(metrics), clock_(clock), start_(clock->Now()) {}
  absl::Time start() const { return start_; }
  void End(const grpc::Status& status) const {
    metrics_->Count(static_cast<absl::StatusCode>(status.error_code()), clock_->Now() - start_);
  }

 private:
  const rpc::MethodMetrics* metrics_;
  const Clock* clock_;
  absl::Time start_;
};

// One unary call. Finish is called in the peer's completion alone, which always comes: at the
// latest by the deadline. So everything here outlives the call to the peer.
class UnaryForward final : public grpc::ServerUnaryReactor {
 public:
  UnaryForward(grpc::CallbackServerContext* context, ByteBuffer* response, Count count)
      : context_(context), response_(response), count_(count) {}

  // With `reads` where the method is a public read.
  void Start(ChannelBackend* peer, PublicReads* reads, const std::string& path,
             const ByteBuffer* request) {
    const CallContext call =
        ContextOf(*context_, count_.start(),
                  DeadlineOf(*context_, count_.start(), kDefaultTime, kLongestTime));
    language_ = LanguageOf(call.accept_language);
    if (reads != nullptr && call.authorization.empty()) {
      // It is others' call too, and goes on when this caller has gone.
      return reads->Call(peer, path, call, *request, [this](UnaryAnswer answer) {
        *response_ = std::move(answer.message);
        Conclude(answer.status);
      });
    }
    Apply(call, client_);
    peer->stub().UnaryCall(&client_, path, grpc::StubOptions(), request, response_,
                           [this](grpc::Status status) { End(status); });
  }

  void OnCancel() override { client_.TryCancel(); }
  void OnDone() override { delete this; }

 private:
  void End(const grpc::Status& status) {
    PassTrailers(client_, context_);
    Conclude(status);
  }

  void Conclude(const grpc::Status& status) {
    const grpc::Status shown = Presentable(status, language_);
    count_.End(shown);
    Finish(shown);
  }

  grpc::CallbackServerContext* const context_;
  ByteBuffer* const response_;
  const Count count_;
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
      : context_(context), count_(count), peer_(this) {}

  void Start(ChannelBackend* peer, const std::string& path) {
    const CallContext call =
        ContextOf(*context_, count_.start(),
                  DeadlineOf(*context_, count_.start(), kLongestStream, kLongestStream));
    language_ = LanguageOf(call.accept_language);
    Apply(call, client_);
    peer->stub().PrepareBidiStreamingCall(&client_, path, grpc::StubOptions(), &peer_);
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
    const grpc::Status shown = Presentable(status, language_);
    count_.End(shown);
    Finish(shown);
  }

  grpc::CallbackServerContext* const context_;
  const Count count_;
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
                     PublicReads* reads, const Clock* clock)
    : peer_(peer), reads_(reads), clock_(clock) {
  for (int i = 0; i < service->method_count(); ++i) {
    const google::protobuf::MethodDescriptor& method = *service->method(i);
    methods_of_service_.push_back(
        std::make_unique<Method>(absl::StrCat("/", service->full_name(), "/", method.name())));
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
                                         context, response, Count(&method->metrics, clock_));
                                     call->Start(peer_, method->public_read ? reads_ : nullptr,
                                                 method->path, request);
                                     return call;
                                   }));
}

void Forwarder::AddStream(int index, Method* method) {
  AddMethod(new grpc::internal::RpcServiceMethod(
      method->path.c_str(), grpc::internal::RpcMethod::BIDI_STREAMING, nullptr));
  MarkMethodRawCallback(index, new grpc::internal::CallbackBidiHandler<ByteBuffer, ByteBuffer>(
                                   [this, method](grpc::CallbackServerContext* context) {
                                     auto* const call = new StreamForward(
                                         context, Count(&method->metrics, clock_));
                                     call->Start(peer_, method->path);
                                     return call;
                                   }));
}

}  // namespace dm::gateway
