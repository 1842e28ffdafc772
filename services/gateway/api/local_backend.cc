#include "services/gateway/api/local_backend.h"

namespace dm::gateway {

void LocalBackend::Call(const std::string& method, const CallContext& context,
                        grpc::ByteBuffer request, Done done) {
  const auto found = methods_.find(method);
  if (found == methods_.end()) {
    return std::move(done)(
        {.status = grpc::Status(grpc::StatusCode::UNIMPLEMENTED, ""), .message = {}});
  }
  found->second(context, request, std::move(done));
}

}  // namespace dm::gateway
