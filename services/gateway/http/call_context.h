#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/gateway/api/backend.h"
#include "services/gateway/http/http_message.h"

#include <string>

namespace dm::gateway {

// What of a request over HTTP travels on to "/package.Service/Method". The call ends `patience`
// after `start`, or earlier where the method table says so. UNAUTHENTICATED for a token that cannot
// travel.
absl::StatusOr<CallContext> ContextOf(const HttpRequest& request, const std::string& method,
                                      absl::Time start, absl::Duration patience);

// Tells how often the caller may ask.
void AddLimits(const HttpLimits& limits, HttpResponse* response);

}  // namespace dm::gateway
