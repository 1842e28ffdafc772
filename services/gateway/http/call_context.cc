#include "services/gateway/http/call_context.h"

#include "common/errors/error.h"
#include "common/rpc/method_table.h"

#include <algorithm>

namespace dm::gateway {

absl::StatusOr<CallContext> ContextOf(const HttpRequest& request, const std::string& method,
                                      absl::Time start, absl::Duration patience) {
  const rpc::MethodPolicy* const policy = rpc::FindMethod(method);
  const absl::Duration most = policy == nullptr ? patience : policy->access.max_time;
  CallContext call{
      .authorization = std::string(request.Header("authorization")),
      .traceparent = std::string(request.Header("traceparent")),
      .tracestate = std::string(request.Header("tracestate")),
      .accept_language = std::string(request.Header("accept-language")),
      .start = start,
      .deadline = start + std::min(patience, most),
      .origin = {.peer = request.peer, .forwarded_for = request.Headers("x-forwarded-for")}};
  // Of two tokens nobody could say whose call it is.
  if (!CanTravel(call.authorization) || request.CountOf("authorization") > 1) {
    return MakeError(absl::StatusCode::kUnauthenticated, "the authorization header is malformed",
                     {.reason = "TOKEN_INVALID"});
  }
  if (!CanTravel(call.accept_language)) call.accept_language.clear();
  return call;
}

void AddLimits(const HttpLimits& limits, HttpResponse* response) {
  if (limits.limit.empty()) return;
  response->headers.emplace_back("RateLimit", limits.limit);
  response->headers.emplace_back("RateLimit-Policy", limits.policy);
}

}  // namespace dm::gateway
