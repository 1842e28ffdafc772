#pragma once

#include "common/time/clock.h"
#include "services/gateway/api/admission.h"
#include "services/gateway/api/backend.h"
#include "services/gateway/api/public_reads.h"

#include <google/protobuf/descriptor.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/service_type.h>

#include <memory>
#include <string>
#include <vector>

namespace dm::gateway {

// The gRPC face of one service behind: every method that its descriptor has, forwarded as bytes.
// Callers pass the admission first. Nothing is parsed on the way and nothing waits on a thread.
// Deadline, token, trace context and language travel on; the answer's status, details and trailing
// metadata come back as they are. What everybody may read is remembered for a moment.
class Forwarder final : public grpc::Service {
 public:
  // All outlive the forwarder; without `reads` nothing is remembered.
  Forwarder(const google::protobuf::ServiceDescriptor* service, ChannelBackend* peer,
            PublicReads* reads, const Admission* admission, const Clock* clock);
  ~Forwarder() override;

 private:
  struct Method;

  void AddUnary(int index, Method* method);
  void AddStream(int index, Method* method);

  const Clock* const clock_;
  // gRPC keeps pointers to their names.
  std::vector<std::unique_ptr<Method>> methods_of_service_;
};

}  // namespace dm::gateway
