#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/errors/error.h"
#include "services/gateway/http/http_message.h"
#include "services/gateway/http/routing_table.h"

#include <google/protobuf/message.h>

#include <string>

namespace dm::gateway {

// Fills a method's request from what came over HTTP. Field names may be spelled as in the proto
// (page_size) or as in JSON (pageSize); enum values of a query with their prefix or without, or as
// numbers. A query parameter without a value counts as not sent. What names no field is refused, so
// that a typing error cannot widen a search; so is a field that is given twice unless it is
// repeated. Idempotency-Key fills `request_id`, If-Match `etag`, where they are empty; they may not
// contradict them. INVALID_ARGUMENT names every wrong field at once, as the proto spells it.
absl::Status BindRequest(const Route& route, const PathTemplate::Bindings& variables,
                         const HttpRequest& http, google::protobuf::Message* request);

// Sets the field at `path` ("contact.display_name") from text; adds to a repeated one. Adds a
// violation when there is no such field or the text is not a value of it.
void BindText(absl::string_view path, absl::string_view text, google::protobuf::Message* message,
              Violations* violations);

}  // namespace dm::gateway
