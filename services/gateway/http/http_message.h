#pragma once

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
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
  // Address of the other end of the connection, without the port.
  std::string peer;

  // The first header of that lower-case name, else empty.
  absl::string_view Header(absl::string_view name) const {
    for (const auto& [key, value] : headers) {
      if (key == name) return value;
    }
    return "";
  }
  // All headers of that lower-case name, with commas between them.
  std::string Headers(absl::string_view name) const {
    std::string all;
    for (const auto& [key, value] : headers) {
      if (key == name) absl::StrAppend(&all, all.empty() ? "" : ",", value);
    }
    return all;
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
