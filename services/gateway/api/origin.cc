#include "services/gateway/api/origin.h"

#include "absl/strings/str_cat.h"

namespace dm::gateway {

Origin OriginOf(const grpc::CallbackServerContext& context) {
  Origin origin{.peer = context.peer(), .forwarded_for = ""};
  const auto [begin, end] = context.client_metadata().equal_range("x-forwarded-for");
  for (auto hop = begin; hop != end; ++hop) {
    absl::StrAppend(&origin.forwarded_for, origin.forwarded_for.empty() ? "" : ",",
                    absl::string_view(hop->second.data(), hop->second.size()));
  }
  return origin;
}

}  // namespace dm::gateway
