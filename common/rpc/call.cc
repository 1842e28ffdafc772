#include "common/rpc/call.h"

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"

#include <algorithm>

namespace dm::rpc {

void Call::TellAge(absl::Duration age) const {
  const int64_t micros = absl::ToInt64Microseconds(age);
  int64_t told = age_micros_;
  while (told < micros && !age_micros_.compare_exchange_weak(told, micros)) {
  }
}

absl::Duration Call::age() const { return absl::Microseconds(age_micros_.load()); }

absl::Duration AgeOf(const grpc::ClientContext& context) {
  const auto& trailers = context.GetServerTrailingMetadata();
  const auto found = trailers.find(kAgeMetadata);
  int64_t micros = 0;
  if (found == trailers.end() ||
      !absl::SimpleAtoi(absl::string_view(found->second.data(), found->second.size()), &micros)) {
    return absl::ZeroDuration();
  }
  return absl::Microseconds(std::max<int64_t>(micros, 0));
}

void PassOn(const Call& call, grpc::ClientContext& context) {
  context.set_deadline(absl::ToChronoTime(call.deadline));
  if (!call.token.empty()) context.AddMetadata("authorization", "Bearer " + call.token);
  context.AddMetadata("traceparent", call.traceparent);
  if (!call.tracestate.empty()) context.AddMetadata("tracestate", call.tracestate);
  context.AddMetadata("accept-language", call.language);
}

}  // namespace dm::rpc
