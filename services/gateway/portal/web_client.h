#pragma once

#include "absl/status/statusor.h"

#include <functional>
#include <string>

namespace dm::gateway {

// A call of somebody else's web service.
struct WebRequest {
  std::string url;
  // Sent as a form by POST when it is not empty; else it is a GET.
  std::string form;
  // "name:secret" for basic authentication. Empty for none.
  std::string credentials;
};

struct WebAnswer {
  int status = 0;
  std::string body;
};

// Calls and waits. UNAVAILABLE when no answer came; an answer of any status is one.
using WebClient = std::function<absl::StatusOr<WebAnswer>(const WebRequest&)>;

// By libcurl: at most 5 s and 1 MiB, no redirect is followed, http and https alone. Thread-safe.
WebClient CurlWebClient();

}  // namespace dm::gateway
