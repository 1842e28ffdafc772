#pragma once

#include "services/gateway/api/admission.h"
#include "services/gateway/api/backend.h"

namespace dm::gateway {

// A service behind the gateway's door: what the faces other than gRPC call, so that none of them
// can forget to ask. Thread-safe.
class GuardedBackend final : public Backend {
 public:
  // Both outlive this.
  GuardedBackend(Backend* backend, const Admission* admission)
      : backend_(backend), admission_(admission) {}

  void Call(const std::string& method, const CallContext& call, grpc::ByteBuffer request,
            Done done) override;

 private:
  Backend* const backend_;
  const Admission* const admission_;
};

}  // namespace dm::gateway
