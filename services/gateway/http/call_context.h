#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/gateway/api/backend.h"
#include "services/gateway/http/http_message.h"

#include <string>

namespace dm::gateway {

// What of a request over HTTP travels on with the call of `name` ("/package.Service/Method"). The
// call may last as long as its method may, and no longer than `patience`. UNAUTHENTICATED for a
// token that cannot travel.
absl::StatusOr<CallContext> ContextOf(const HttpRequest& request, const std::string& name,
                                      absl::Time start, absl::Duration patience);

// Tells the caller how often it may ask.
void AddLimits(const HttpLimits& limits, HttpResponse* response);

}  // namespace dm::gateway
