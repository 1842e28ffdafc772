#pragma once

#include "absl/strings/str_cat.h"
#include "common/rpc/method.h"
#include "common/rpc/pipeline.h"
#include "common/telemetry/trace_context.h"

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <exception>
#include <memory>
#include <utility>

// How unary methods meet gRPC's callback API. Included by service_binding.h alone.
namespace dm::rpc::internal {

// A request as it came. Also one that is no message of its type reaches the pipeline: gRPC by
// itself would tell its caller that there is no such method.
template <typename Request>
struct Received {
  Request message;
  bool readable = false;
};

// All that stays the same from call to call of one method.
template <typename Request>
struct BoundMethod {
  std::string path;
  Policy policy;
  Validate<Request> validate;
  Pipeline* pipeline;
  MethodMetrics metrics;
};

// A StatusOr's or a body's exception becomes INTERNAL: nothing may escape into gRPC's threads.
template <typename Body>
auto WithoutExceptions(const Body& body) -> decltype(body()) {
  try {
    return body();
  } catch (const std::exception& e) {
    return absl::InternalError(e.what());
  }
}

// One unary call. Deletes itself in OnDone, which gRPC calls after Finish and after every other
// callback; so nothing may touch it after Finish.
template <typename Request, typename Response>
class UnaryReactor final : public grpc::ServerUnaryReactor {
 public:
  // Method, context, request and response outlive the reactor.
  UnaryReactor(const BoundMethod<Request>* method, grpc::CallbackServerContext* context,
               const Received<Request>* received, Response* response)
      : method_(method),
        context_(context),
        received_(received),
        response_(response),
        call_(std::make_shared<Call>()) {
    call_->method = method->path;
  }

  // Runs the stages before the method. When false the call is finished and the reactor may be gone.
  bool Admit() {
    absl::Status status = method_->pipeline->Admit(*context_, method_->policy, call_.get());
    if (status.ok()) {
      Violations violations;
      if (!received_->readable) {
        violations.Add("request",
                       "is not the message of this method, or holds text that is not "
                       "UTF-8");
      } else if (method_->validate) {
        method_->validate(received_->message, violations);
      }
      status = violations.ToStatus();
    }
    if (!status.ok()) Conclude(status);
    return status.ok();
  }

  // Of the admitted call.
  absl::Time deadline() const { return call_->deadline; }

  void AnswerNow(const Answer<Request, Response>& answer) {
    Conclude(WithoutExceptions([&]() -> absl::StatusOr<Response> {
      const telemetry::TraceScope scope(call_->traceparent);
      const absl::Status alive = method_->pipeline->CheckAlive(*call_);
      if (!alive.ok()) return alive;
      return answer(*call_, received_->message);
    }));
  }

  void AnswerLaterBy(const AnswerLater<Request, Response>& answer) {
    // Finishes with INTERNAL when a method drops it uncalled: a call that never finishes would keep
    // the server from ever stopping.
    struct Promise {
      UnaryReactor* reactor;
      explicit Promise(UnaryReactor* r) : reactor(r) {}
      Promise(Promise&& other) noexcept : reactor(std::exchange(other.reactor, nullptr)) {}
      Promise& operator=(Promise&&) = delete;
      ~Promise() {
        if (reactor != nullptr) reactor->Conclude(absl::InternalError("a method gave no answer"));
      }
    };
    // A copy, since the reactor may be gone before `answer` returns.
    const std::shared_ptr<const Call> call = call_;
    const telemetry::TraceScope scope(call->traceparent);
    answer(call, received_->message,
           [promise = Promise(this)](absl::StatusOr<Response> result) mutable {
             std::exchange(promise.reactor, nullptr)->Conclude(std::move(result));
           });
  }

  void Conclude(absl::StatusOr<Response> result) {
    const absl::Status status = result.status();
    if (status.ok()) {
      *response_ = *std::move(result);
      TellAge();
    }
    Finish(method_->pipeline->Conclude(*call_, method_->metrics, status));
  }
  void Conclude(const absl::Status& error) { Conclude(absl::StatusOr<Response>(error)); }

  void OnCancel() override { call_->cancelled = true; }
  void OnDone() override { delete this; }

 private:
  void TellAge() {
    if (call_->age() == absl::ZeroDuration()) return;
    context_->AddTrailingMetadata(kAgeMetadata,
                                  absl::StrCat(absl::ToInt64Microseconds(call_->age())));
  }

  const BoundMethod<Request>* const method_;
  grpc::CallbackServerContext* const context_;
  const Received<Request>* const received_;
  Response* const response_;
  const std::shared_ptr<Call> call_;
};

}  // namespace dm::rpc::internal

namespace grpc {

template <typename Request>
class SerializationTraits<dm::rpc::internal::Received<Request>> {
 public:
  static Status Deserialize(ByteBuffer* buffer, dm::rpc::internal::Received<Request>* received) {
    received->readable = SerializationTraits<Request>::Deserialize(buffer, &received->message).ok();
    return Status::OK;
  }
};

}  // namespace grpc
