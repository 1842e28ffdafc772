#include "common/rpc/service_binding.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/rpc/method_table.h"

#include <cstdio>
#include <cstdlib>

namespace dm::rpc {
namespace {

grpc::internal::RpcMethod::RpcType TypeOf(const google::protobuf::MethodDescriptor& method) {
  if (method.client_streaming() && method.server_streaming()) {
    return grpc::internal::RpcMethod::BIDI_STREAMING;
  }
  if (method.client_streaming()) return grpc::internal::RpcMethod::CLIENT_STREAMING;
  if (method.server_streaming()) return grpc::internal::RpcMethod::SERVER_STREAMING;
  return grpc::internal::RpcMethod::NORMAL_RPC;
}

[[noreturn]] void Defect(const std::string& what) {
  std::fprintf(stderr, "service binding: %s\n", what.c_str());
  std::abort();
}

}  // namespace

ServiceBinding::ServiceBinding(const google::protobuf::ServiceDescriptor* service,
                               Pipeline* pipeline)
    : service_(service), pipeline_(pipeline), bound_(service->method_count(), false) {
  paths_.reserve(service->method_count());
  for (int i = 0; i < service->method_count(); ++i) {
    const google::protobuf::MethodDescriptor& method = *service->method(i);
    paths_.push_back(absl::StrCat("/", service->full_name(), "/", method.name()));
    // Owned by grpc::Service.
    AddMethod(new grpc::internal::RpcServiceMethod(paths_.back().c_str(), TypeOf(method), nullptr));
  }
}

ServiceBinding::~ServiceBinding() = default;

int ServiceBinding::Claim(const std::string& method, bool client_streams, bool server_streams) {
  const google::protobuf::MethodDescriptor* const descriptor = service_->FindMethodByName(method);
  if (descriptor == nullptr) Defect(absl::StrCat(service_->full_name(), " has no ", method));
  const int index = descriptor->index();
  if (bound_[static_cast<size_t>(index)]) Defect(absl::StrCat(method, " is bound twice"));
  if (descriptor->client_streaming() != client_streams ||
      descriptor->server_streaming() != server_streams) {
    Defect(absl::StrCat(method, " streams otherwise than it is bound"));
  }
  bound_[static_cast<size_t>(index)] = true;
  return index;
}

void ServiceBinding::Compare(const std::string& path, const Policy& policy) {
  const MethodPolicy* const listed = FindMethod(path);
  if (listed == nullptr || listed->access != policy) deviating_.push_back(path);
}

absl::Status ServiceBinding::CheckComplete() const {
  std::vector<std::string> missing;
  for (size_t i = 0; i < bound_.size(); ++i) {
    if (!bound_[i]) missing.push_back(paths_[i]);
  }
  if (!missing.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("nothing is bound to ", absl::StrJoin(missing, ", ")));
  }
  if (deviating_.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("not bound as the method table has it: ", absl::StrJoin(deviating_, ", ")));
}

}  // namespace dm::rpc
