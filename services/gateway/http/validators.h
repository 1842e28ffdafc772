#pragma once

#include "absl/strings/string_view.h"
#include "services/gateway/http/http_message.h"

#include <string>

// Entity tags and conditional reads of HTTP (RFC 9110, 8.8.3 and 13).
namespace dm::gateway {

// The strong tag of a body, quoted: the same bytes have the same tag in every process.
std::string EntityTagOf(absl::string_view body);

// Whether one of If-None-Match's tags is `tag`, a W/ before either not counting, as the standard
// has it; or it is "*".
bool IsAmong(absl::string_view tag, absl::string_view if_none_match);

// What is left of an answer when the caller has it already: 304 and the headers that a cache renews
// itself by.
HttpResponse NotModified(HttpResponse response);

}  // namespace dm::gateway
