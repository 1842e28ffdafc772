#pragma once

#include "absl/status/status.h"
#include "common/rpc/method.h"
#include "common/rpc/pipeline.h"

#include <google/protobuf/descriptor.h>
#include <grpcpp/impl/codegen/service_type.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

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
  // start. `validate` may be null.
  template <typename Request, typename Response>
  void Blocking(std::string method, Policy policy, Validate<Request> validate,
                Answer<Request, Response> answer);
  template <typename Request, typename Response>
  void Immediate(std::string method, Policy policy, Validate<Request> validate,
                 Answer<Request, Response> answer);
  template <typename Request, typename Response>
  void Async(std::string method, Policy policy, Validate<Request> validate,
             AnswerLater<Request, Response> answer);
  template <typename Request, typename Response>
  void Stream(std::string method, Policy policy, Validate<Request> validate,
              AnswerStream<Request, Response> answer);
  template <typename Request, typename Response>
  void Upload(std::string method, Policy policy, AnswerUpload<Request, Response> answer);

  // FAILED_PRECONDITION names the methods of the service that nothing was bound to.
  absl::Status CheckComplete() const;

  const google::protobuf::ServiceDescriptor* descriptor() const { return service_; }

 private:
  // Binds one method to its handler; ends the process where the contract above says so.
  void Register(const std::string& method, bool client_streams, bool server_streams,
                grpc::internal::RpcMethod::RpcType type, grpc::internal::MethodHandler* handler);

  const google::protobuf::ServiceDescriptor* service_;
  Pipeline* pipeline_;
  // The methods of the service in its order; empty names are not bound yet.
  std::vector<bool> bound_;
  // gRPC keeps the names' pointers.
  std::vector<std::unique_ptr<std::string>> paths_;
};

}  // namespace dm::rpc
