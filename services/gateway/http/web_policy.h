#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/gateway/http/http_server.h"

#include <set>
#include <string>

namespace dm::gateway {

// What browsers are told beside the answer: whose pages may call, and what an answer may do where
// it is shown.
struct WebPolicy {
  // Origins whose scripts may call and read answers ("https://www.example.fr"), or "*" for all.
  // They bring their token themselves: no answer ever lets a browser send a cookie along.
  std::set<std::string> origins;
  // Strict-Transport-Security for so long, for the hosts below this one too; zero: none, since not
  // every gateway is reached by https.
  absl::Duration https_only;
};

// "https://www.example.fr,http://localhost:3000" or "*". INVALID_ARGUMENT names what is no origin.
absl::StatusOr<std::set<std::string>> ParseOrigins(absl::string_view text);

// `next` behind the policy: preflight requests (CORS) are answered here, and every other answer
// gets the headers that it does not have yet: X-Content-Type-Options, Referrer-Policy, and a
// Content-Security-Policy that keeps pages to this origin and everything else from doing anything,
// in no frame of others.
HttpServer::Handler BehindWebPolicy(WebPolicy policy, HttpServer::Handler next);

// The same headers for an answer that comes from before any handler, to a request that cannot be
// read.
void AddSecurity(const WebPolicy& policy, HttpResponse* response);

}  // namespace dm::gateway
