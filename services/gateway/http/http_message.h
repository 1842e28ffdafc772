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
  // Who is at the other end of the connection, without a port: "192.0.2.7", "2001:db8::1". Behind a
  // proxy, the proxy.
  std::string peer;

  // The target before the question mark, and after it; as sent.
  absl::string_view Path() const;
  absl::string_view Query() const;
  // The first header of that lower-case name, else empty.
  absl::string_view Header(absl::string_view name) const;
  // All headers of that lower-case name, with commas between them.
  std::string Headers(absl::string_view name) const;
  // How many headers have that lower-case name.
  int CountOf(absl::string_view name) const;
  // Takes the place of all headers of that lower-case name.
  void SetHeader(absl::string_view name, absl::string_view value);
  // The first cookie of that name, as sent; else empty.
  absl::string_view Cookie(absl::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  // A name may stand here more than once ("Set-Cookie").
  HttpHeaders headers;
  std::string body;
  // What it is counted under: "/package.Service/Method" or the area of the site. Not sent.
  std::string counted_as = "";

  absl::string_view Header(absl::string_view name) const;
  // Takes the place of all headers of that name.
  void SetHeader(absl::string_view name, absl::string_view value);
  // Adds to what Vary names, once.
  void VaryBy(absl::string_view header);
};

}  // namespace dm::gateway
