#include "common/rpc/call.h"

namespace dm::rpc {

void PassOn(const Call& call, grpc::ClientContext& context) {
  context.set_deadline(absl::ToChronoTime(call.deadline));
  if (!call.token.empty()) context.AddMetadata("authorization", "Bearer " + call.token);
  context.AddMetadata("traceparent", call.traceparent);
  context.AddMetadata("accept-language", call.language);
}

}  // namespace dm::rpc
