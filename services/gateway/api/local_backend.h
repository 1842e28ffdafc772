#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/errors/error.h"
#include "common/rpc/pipeline.h"
#include "services/gateway/api/backend.h"
#include "services/gateway/api/message_bytes.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace dm::gateway {

// A service that the gateway answers itself, as the HTTP face calls it: in this process, past no
// network, and through the same stages as over gRPC. Thread-safe once all is added; outlives its
// calls.
class LocalBackend final : public Backend {
 public:
  // `pipeline` outlives this.
  explicit LocalBackend(const rpc::Pipeline* pipeline) : pipeline_(pipeline) {}

  // As ServiceBinding::Async, for the method of that path ("/package.Service/Method").
  template <typename Request, typename Response>
  void Add(const std::string& path, rpc::Policy policy, rpc::Validate<Request> validate,
           rpc::AnswerLater<Request, Response> answer);

  // As ServiceBinding::Blocking.
  template <typename Request, typename Response>
  void AddBlocking(const std::string& path, rpc::Policy policy, rpc::Validate<Request> validate,
                   rpc::Answer<Request, Response> answer);

  // A method that was not added is UNIMPLEMENTED.
  void Call(const std::string& method, const CallContext& context, grpc::ByteBuffer request,
            Done done) override;

 private:
  using Run = std::function<void(const CallContext&, const grpc::ByteBuffer&, Done)>;

  const rpc::Pipeline* const pipeline_;
  std::map<std::string, Run> methods_;
};

template <typename Request, typename Response>
void LocalBackend::Add(const std::string& path, rpc::Policy policy, rpc::Validate<Request> validate,
                       rpc::AnswerLater<Request, Response> answer) {
  const auto metrics = std::make_shared<rpc::MethodMetrics>(path);
  methods_[path] = [this, path, policy, metrics, validate = std::move(validate),
                    answer = std::move(answer)](const CallContext& context,
                                                const grpc::ByteBuffer& bytes, Done done) {
    auto call = std::make_shared<rpc::Call>();
    call->method = path;
    auto request = std::make_shared<Request>();
    auto conclude = [this, metrics, call, request,
                     done = std::move(done)](absl::StatusOr<Response> response) mutable {
      UnaryAnswer outcome;
      outcome.status = pipeline_->Conclude(*call, *metrics, response.status());
      if (response.ok()) outcome.message = ToBytes(*response);
      std::move(done)(std::move(outcome));
    };
    absl::Status status = pipeline_->Admit({.authorization = context.authorization,
                                            .traceparent = context.traceparent,
                                            .tracestate = context.tracestate,
                                            .accept_language = context.accept_language},
                                           policy, call.get());
    if (status.ok()) {
      Violations violations;
      if (!FromBytes(bytes, request.get()))
        violations.Add("request", "is not the method's message");
      if (violations.empty() && validate) validate(*request, violations);
      status = violations.ToStatus();
    }
    if (!status.ok()) return conclude(status);
    answer(call, *request, std::move(conclude));
  };
}

template <typename Request, typename Response>
void LocalBackend::AddBlocking(const std::string& path, rpc::Policy policy,
                               rpc::Validate<Request> validate,
                               rpc::Answer<Request, Response> answer) {
  Add<Request, Response>(
      path, policy, std::move(validate),
      [this, answer = std::move(answer)](std::shared_ptr<const rpc::Call> call,
                                         const Request& request, rpc::Done<Response> done) {
        // A task that is refused takes what it holds along.
        auto held = std::make_shared<rpc::Done<Response>>(std::move(done));
        const auto run = [this, &answer, call, &request, held] {
          const absl::Status alive = pipeline_->CheckAlive(*call);
          std::exchange(*held, nullptr)(alive.ok() ? answer(*call, request)
                                                   : absl::StatusOr<Response>(alive));
        };
        const absl::Status taken = pipeline_->Submit(call->deadline, run);
        if (!taken.ok()) std::exchange(*held, nullptr)(taken);
      });
}

}  // namespace dm::gateway
