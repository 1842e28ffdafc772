#pragma once

#include "absl/status/statusor.h"
#include "services/gateway/http/http_message.h"
#include "services/gateway/http/routing_table.h"

#include <google/protobuf/message.h>

namespace dm::gateway {

// The answer of a method as HTTP has it: JSON, or the file that it holds. An `etag` of the message
// becomes the ETag. INTERNAL for what has no form over HTTP.
absl::StatusOr<HttpResponse> AnswerOf(const Route& route, const google::protobuf::Message& message);

// proto3's JSON form with camelCase names and, so that callers need not know defaults, with every
// field that is not a message.
absl::StatusOr<std::string> JsonOf(const google::protobuf::Message& message);

}  // namespace dm::gateway
