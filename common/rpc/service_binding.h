#pragma once

#include "absl/status/status.h"
#include "common/rpc/method.h"
#include "common/rpc/pipeline.h"
#include "common/rpc/stream_reactors.h"
#include "common/rpc/unary_reactor.h"

#include <google/protobuf/descriptor.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/impl/codegen/service_type.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dm::rpc {

// One gRPC service made of bound functions. It stands where a generated class with one override a
// method would stand, so that a method is bound by one line and no method can be bound past the
// pipeline. Not thread-safe; complete before the server starts; outlives the server.
class ServiceBinding final : public grpc::Service {
 public:
  // `pipeline` outlives the binding.
  ServiceBinding(const google::protobuf::ServiceDescriptor* service, Pipeline* pipeline);
  ~ServiceBinding() override;

  // Each binds the method of that name; a name that the service has not, a second binding of a
  // name, or a streaming kind that the proto does not declare ends the process: a defect found at
  // start. `validate` may be null. A Response may be grpc::ByteBuffer: the bytes of a message that
  // was serialized before, sent as they are.
  template <typename Request, typename Response>
  void Blocking(const std::string& method, Policy policy, Validate<Request> validate,
                Answer<Request, Response> answer);
  template <typename Request, typename Response>
  void Immediate(const std::string& method, Policy policy, Validate<Request> validate,
                 Answer<Request, Response> answer);
  template <typename Request, typename Response>
  void Async(const std::string& method, Policy policy, Validate<Request> validate,
             AnswerLater<Request, Response> answer);
  template <typename Request, typename Response>
  void Stream(const std::string& method, Policy policy, Validate<Request> validate,
              AnswerStream<Request, Response> answer);
  template <typename Request, typename Response>
  void Upload(const std::string& method, Policy policy, AnswerUpload<Request, Response> answer);

  // FAILED_PRECONDITION names the methods of the service that nothing was bound to, and those that
  // were bound with another policy than the method table has.
  absl::Status CheckComplete() const;

  const google::protobuf::ServiceDescriptor* descriptor() const { return service_; }

 private:
  // The position of a method that may be bound now with that kind of streaming; ends the process
  // where the contract above says so.
  int Claim(const std::string& method, bool client_streams, bool server_streams);
  void Compare(const std::string& path, const Policy& policy);
  template <typename Request>
  std::shared_ptr<internal::BoundMethod<Request>> MakeMethod(int index, Policy policy,
                                                             Validate<Request> validate);
  // Registers a unary method; `run` is given a reactor whose call was admitted.
  template <typename Request, typename Response, typename Run>
  void BindUnary(const std::string& name, Policy policy, Validate<Request> validate, Run run);

  const google::protobuf::ServiceDescriptor* service_;
  Pipeline* pipeline_;
  // "/package.Service/Method" of all methods, in the service's order. gRPC keeps pointers to them.
  std::vector<std::string> paths_;
  std::vector<bool> bound_;
  // Methods whose policy is not that of the method table.
  std::vector<std::string> deviating_;
};

template <typename Request>
std::shared_ptr<internal::BoundMethod<Request>> ServiceBinding::MakeMethod(
    int index, Policy policy, Validate<Request> validate) {
  const std::string& path = paths_[static_cast<size_t>(index)];
  Compare(path, policy);
  return std::make_shared<internal::BoundMethod<Request>>(internal::BoundMethod<Request>{
      path, policy, std::move(validate), pipeline_, MethodMetrics(path)});
}

template <typename Request, typename Response, typename Run>
void ServiceBinding::BindUnary(const std::string& name, Policy policy, Validate<Request> validate,
                               Run run) {
  const int index = Claim(name, false, false);
  auto method = MakeMethod<Request>(index, policy, std::move(validate));
  MarkMethodCallback(
      index, new grpc::internal::CallbackUnaryHandler<internal::Received<Request>, Response>(
                 [method, run = std::move(run)](grpc::CallbackServerContext* context,
                                                const internal::Received<Request>* received,
                                                Response* response) {
                   auto* const reactor = new internal::UnaryReactor<Request, Response>(
                       method.get(), context, received, response);
                   if (reactor->Admit()) run(reactor);
                   return reactor;
                 }));
}

template <typename Request, typename Response>
void ServiceBinding::Blocking(const std::string& method, Policy policy, Validate<Request> validate,
                              Answer<Request, Response> answer) {
  auto shared = std::make_shared<Answer<Request, Response>>(std::move(answer));
  BindUnary<Request, Response>(
      method, policy, std::move(validate),
      [shared, pipeline = pipeline_](internal::UnaryReactor<Request, Response>* reactor) {
        const absl::Status taken = pipeline->Submit(
            reactor->deadline(), [shared, reactor] { reactor->AnswerNow(*shared); });
        if (!taken.ok()) reactor->Conclude(taken);
      });
}

template <typename Request, typename Response>
void ServiceBinding::Immediate(const std::string& method, Policy policy, Validate<Request> validate,
                               Answer<Request, Response> answer) {
  BindUnary<Request, Response>(
      method, policy, std::move(validate),
      [answer = std::move(answer)](auto* reactor) { reactor->AnswerNow(answer); });
}

template <typename Request, typename Response>
void ServiceBinding::Async(const std::string& method, Policy policy, Validate<Request> validate,
                           AnswerLater<Request, Response> answer) {
  BindUnary<Request, Response>(
      method, policy, std::move(validate),
      [answer = std::move(answer)](auto* reactor) { reactor->AnswerLaterBy(answer); });
}

template <typename Request, typename Response>
void ServiceBinding::Stream(const std::string& method, Policy policy, Validate<Request> validate,
                            AnswerStream<Request, Response> answer) {
  const int index = Claim(method, false, true);
  auto bound = MakeMethod<Request>(index, policy, std::move(validate));
  MarkMethodCallback(index, new grpc::internal::CallbackServerStreamingHandler<Request, Response>(
                                [bound, answer = std::move(answer)](
                                    grpc::CallbackServerContext* context, const Request* request) {
                                  auto* const reactor =
                                      new internal::ServerStreamReactor<Request, Response>(
                                          bound.get(), context);
                                  reactor->Start(request, answer);
                                  return reactor;
                                }));
}

template <typename Request, typename Response>
void ServiceBinding::Upload(const std::string& method, Policy policy,
                            AnswerUpload<Request, Response> answer) {
  const int index = Claim(method, true, true);
  auto bound = MakeMethod<Request>(index, policy, nullptr);
  MarkMethodCallback(index,
                     new grpc::internal::CallbackBidiHandler<Request, Response>(
                         [bound, answer = std::move(answer)](grpc::CallbackServerContext* context) {
                           auto* const reactor =
                               new internal::UploadReactor<Request, Response>(bound.get(), context);
                           reactor->Start(answer);
                           return reactor;
                         }));
}

}  // namespace dm::rpc
