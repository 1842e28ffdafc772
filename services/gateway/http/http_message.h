#pragma once

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

#include <string>
#include <utility>
#include <vector>

namespace dm::gateway {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  // Upper case, as sent.
  std::string method;
  // Path and query, as sent: still percent-encoded.
  std::string target;
  // Names in lower case.
  HttpHeaders headers;
  std::string body;

  // The first header of that lower-case name, else empty.
  absl::string_view Header(absl::string_view name) const {
    for (const auto& [key, value] : headers) {
      if (key == name) return value;
    }
    return "";
  }
};

struct HttpResponse {
  int status = 200;
  HttpHeaders headers;
  std::string body;

  absl::string_view Header(absl::string_view name) const {
    for (const auto& [key, value] : headers) {
      if (absl::EqualsIgnoreCase(key, name)) return value;
    }
    return "";
  }
};

}  // namespace dm::gateway
