#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/gateway/api/backend.h"
#include "services/gateway/http/http_message.h"

namespace dm::gateway {

// What of a request over HTTP travels on. UNAUTHENTICATED for a token that cannot.
absl::StatusOr<CallContext> ContextOf(const HttpRequest& request, absl::Time start,
                                      absl::Time deadline);

}  // namespace dm::gateway
