#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/rpc/unary_reactor.h"

#include <grpcpp/alarm.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <type_traits>

// How streams meet gRPC's callback API: the method runs on a thread of its own and waits for the
// transport there. Included by service_binding.h alone.
namespace dm::rpc::internal {

// One operation in flight that a thread waits for.
class Rendezvous {
 public:
  void Arrive(bool ok) {
    absl::MutexLock lock(&mutex_);
    arrived_ = true;
    ok_ = ok;
  }
  bool Wait() {
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(&arrived_));
    arrived_ = false;
    return ok_;
  }
  // Whether it arrived, at the latest after `patience`. Wait is still to be called.
  bool Arrived(absl::Duration patience) {
    absl::MutexLock lock(&mutex_);
    return mutex_.AwaitWithTimeout(absl::Condition(&arrived_), patience);
  }

 private:
  absl::Mutex mutex_;
  bool arrived_ ABSL_GUARDED_BY(mutex_) = false;
  bool ok_ ABSL_GUARDED_BY(mutex_) = false;
};

// How long a reader that was too slow may keep what is on its way to it.
inline constexpr absl::Duration kLeash = absl::Minutes(1);

// Ends a call from outside as long as there is one.
class Leash {
 public:
  explicit Leash(const grpc::CallbackServerContext* context) : context_(context) {}
  void Pull() {
    absl::MutexLock lock(&mutex_);
    if (context_ != nullptr) context_->TryCancel();
  }
  // The call is over.
  void LetGo() {
    absl::MutexLock lock(&mutex_);
    context_ = nullptr;
  }

 private:
  absl::Mutex mutex_;
  const grpc::CallbackServerContext* context_ ABSL_GUARDED_BY(mutex_);
};

// What server streams and uploads have in common. Reactor is grpc::ServerWriteReactor<Response> or
// grpc::ServerBidiReactor<Request, Response>. As UnaryReactor, it is gone after Finish.
template <typename Reactor, typename Request, typename Response>
class StreamReactor : public Reactor, public Writer<Response> {
 public:
  StreamReactor(const BoundMethod<Request>* method, const grpc::CallbackServerContext* context)
      : method_(method), context_(context), call_(std::make_shared<Call>()) {
    call_->method = method->path;
  }

  bool Write(const Response& response) override {
    if (Cancelled()) return false;
    this->StartWrite(&response);
    return written_.Wait();
  }

  typename Writer<Response>::Taken WriteWithin(const Response& response,
                                               absl::Duration patience) override {
    using Outcome = typename Writer<Response>::Taken;
    if (Cancelled()) return Outcome::kGone;
    // Serialized here: the message may go when this returns, the writing may not have ended.
    this->StartWrite(&response);
    if (!written_.Arrived(patience)) {
      too_slow_ = true;
      return Outcome::kTooSlow;
    }
    return written_.Wait() ? Outcome::kYes : Outcome::kGone;
  }

  bool Cancelled() const override {
    return method_->pipeline->stopping() || !method_->pipeline->CheckAlive(*call_).ok();
  }

  void OnWriteDone(bool ok) override { written_.Arrive(ok); }
  void OnCancel() override { call_->cancelled = true; }
  void OnDone() override {
    if (leash_ != nullptr) leash_->LetGo();
    delete this;
  }

 protected:
  // Runs the stages before the method; `request` is null for an upload. When false the call is
  // finished and the reactor may be gone.
  bool Admit(const Request* request) {
    absl::Status status = method_->pipeline->Admit(*context_, method_->policy, call_.get());
    if (status.ok() && request != nullptr && method_->validate) {
      Violations violations;
      method_->validate(*request, violations);
      status = violations.ToStatus();
    }
    if (!status.ok()) Conclude(status);
    return status.ok();
  }

  void Conclude(const absl::Status& status) {
    if (too_slow_) {
      leash_ = std::make_shared<Leash>(context_);
      const auto end = std::chrono::system_clock::now() + absl::ToChronoSeconds(kLeash);
      alarm_.Set(end, [leash = leash_](bool expired) {
        if (expired) leash->Pull();
      });
    }
    this->Finish(method_->pipeline->Conclude(*call_, method_->metrics, status));
  }

  // Runs `body` on a thread of its own; what it returns ends the call.
  template <typename Body>
  void Run(Body body) {
    const bool started = method_->pipeline->StartStream([this, body] {
      // What ended because the process stops is told so, that the client goes elsewhere.
      absl::Status status = WithoutExceptions([&] {
        const telemetry::TraceScope scope(call_->traceparent);
        return body();
      });
      if (status.ok() && method_->pipeline->stopping()) {
        status = BackendUnavailableError("the service is stopping");
      }
      Conclude(status);
    });
    if (!started) Conclude(OverloadedError(absl::Seconds(1)));
  }

  const Call& call() const { return *call_; }
  bool CallerHasGone() const { return context_->IsCancelled(); }
  void MarkCancelled() { call_->cancelled = true; }

 private:
  const BoundMethod<Request>* const method_;
  const grpc::CallbackServerContext* const context_;
  const std::shared_ptr<Call> call_;
  Rendezvous written_;
  // The method ended with a message that its reader has not taken.
  bool too_slow_ = false;
  std::shared_ptr<Leash> leash_;
  grpc::Alarm alarm_;
};

template <typename Request, typename Response>
class ServerStreamReactor final
    : public StreamReactor<grpc::ServerWriteReactor<Response>, Request, Response> {
 public:
  using StreamReactor<grpc::ServerWriteReactor<Response>, Request, Response>::StreamReactor;

  // `answer` and `request` outlive the call.
  void Start(const Request* request, const AnswerStream<Request, Response>& answer) {
    if (!this->Admit(request)) return;
    this->Run([this, request, &answer] { return answer(this->call(), *request, *this); });
  }
};

template <typename Request, typename Response>
class UploadReactor final
    : public StreamReactor<grpc::ServerBidiReactor<Request, Response>, Request, Response>,
      public Reader<Request> {
 public:
  using StreamReactor<grpc::ServerBidiReactor<Request, Response>, Request, Response>::StreamReactor;

  void Start(const AnswerUpload<Request, Response>& answer) {
    if (!this->Admit(nullptr)) return;
    this->Run([this, &answer] { return answer(this->call(), *this, *this); });
  }

  bool Read(Request* request) override {
    if (!reads_ahead_) {
      if (this->Cancelled()) return false;
      this->StartRead(request);
      return read_.Wait();
    }
    const bool ok = read_.Wait();
    reads_ahead_ = false;
    if (ok) request->Swap(&ahead_);
    return ok;
  }
  bool Ready(absl::Duration patience) override {
    if (this->Cancelled()) return true;
    if (!reads_ahead_) this->StartRead(&ahead_);
    reads_ahead_ = true;
    return read_.Arrived(patience);
  }
  bool BrokenOff() const override { return this->Cancelled(); }
  void OnReadDone(bool ok) override {
    // OnCancel may come later than this; what a gone caller sent must not pass for all of it.
    if (!ok && this->CallerHasGone()) this->MarkCancelled();
    read_.Arrive(ok);
  }

 private:
  Rendezvous read_;
  // The message that is being read before anybody asked for it, and whether one is. When the method
  // ends meanwhile, gRPC ends the reading before the reactor goes.
  Request ahead_;
  bool reads_ahead_ = false;
};

}  // namespace dm::rpc::internal
