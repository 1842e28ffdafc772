#include "services/gateway/http/call_context.h"

#include "common/errors/error.h"

#include <string>

namespace dm::gateway {

absl::StatusOr<CallContext> ContextOf(const HttpRequest& request, absl::Time start,
                                      absl::Time deadline) {
  CallContext call{.authorization = std::string(request.Header("authorization")),
                   .traceparent = std::string(request.Header("traceparent")),
                   .accept_language = std::string(request.Header("accept-language")),
                   .start = start,
                   .deadline = deadline};
  // Of two tokens nobody could say whose call it is.
  if (!CanTravel(call.authorization) || request.CountOf("authorization") > 1) {
    return MakeError(absl::StatusCode::kUnauthenticated, "the authorization header is malformed",
                     {.reason = "TOKEN_INVALID"});
  }
  if (!CanTravel(call.accept_language)) call.accept_language.clear();
  return call;
}

}  // namespace dm::gateway
