#include "services/gateway/http/web_policy.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace dm::gateway {
namespace {

constexpr char kEverybody[] = "*";
constexpr char kMethods[] = "GET, HEAD, POST, PATCH, PUT, DELETE";
// Those of HTTP/JSON, of gRPC-Web and of Connect.
constexpr char kRequestHeaders[] =
    "Authorization, Content-Type, Accept-Language, Idempotency-Key, If-Match, If-None-Match, "
    "traceparent, X-Grpc-Web, X-User-Agent, Grpc-Timeout, Connect-Protocol-Version, "
    "Connect-Timeout-Ms";
constexpr char kAnswerHeaders[] =
    "ETag, Retry-After, RateLimit, RateLimit-Policy, traceparent, Grpc-Status, Grpc-Message, "
    "Grpc-Status-Details-Bin";
// In seconds, how long a browser need not ask again.
constexpr char kPreflightAge[] = "600";

constexpr char kPagePolicy[] =
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'";
constexpr char kDataPolicy[] = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'";

bool IsOrigin(absl::string_view text) {
  absl::string_view host = text;
  if (!absl::ConsumePrefix(&host, "https://") && !absl::ConsumePrefix(&host, "http://")) {
    return false;
  }
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return absl::ascii_islower(static_cast<unsigned char>(c)) ||
           absl::ascii_isdigit(static_cast<unsigned char>(c)) || absl::StrContains(".-:[]", c);
  });
}

void AddUnlessThere(const char* name, absl::string_view value, HttpResponse* response) {
  if (response->Header(name).empty()) response->headers.emplace_back(name, value);
}

// What the answer depends on, beside what it says of that already.
void VaryByOrigin(HttpResponse* response) {
  for (auto& [name, value] : response->headers) {
    if (!absl::EqualsIgnoreCase(name, "Vary")) continue;
    absl::StrAppend(&value, ", Origin");
    return;
  }
  response->headers.emplace_back("Vary", "Origin");
}

void AddSecurityHeaders(absl::Duration https_only, HttpResponse* response) {
  const bool page = absl::StartsWith(response->Header("Content-Type"), "text/html");
  AddUnlessThere("X-Content-Type-Options", "nosniff", response);
  AddUnlessThere("Referrer-Policy", "no-referrer", response);
  // A 304 renews the headers of what the browser has, which is not known here: a page would lose
  // its scripts to the policy of data.
  if (response->status != 304) {
    AddUnlessThere("Content-Security-Policy", page ? kPagePolicy : kDataPolicy, response);
  }
  if (https_only > absl::ZeroDuration()) {
    AddUnlessThere(
        "Strict-Transport-Security",
        absl::StrCat("max-age=", absl::ToInt64Seconds(https_only), "; includeSubDomains"),
        response);
  }
}

// How one request's answer is to look like.
class Manner {
 public:
  Manner(const WebPolicy& policy, absl::string_view origin)
      : https_only_(policy.https_only), cors_(!policy.origins.empty()) {
    if (policy.origins.count(kEverybody) > 0) {
      allowed_ = kEverybody;
    } else if (policy.origins.count(std::string(origin)) > 0) {
      allowed_ = std::string(origin);
    }
  }

  void Apply(HttpResponse* response) const {
    AddSecurityHeaders(https_only_, response);
    // Also to whom it does not allow: a cache must not give their answer to the others.
    if (cors_ && allowed_ != kEverybody) VaryByOrigin(response);
    if (allowed_.empty()) return;
    response->headers.emplace_back("Access-Control-Allow-Origin", allowed_);
    response->headers.emplace_back("Access-Control-Expose-Headers", kAnswerHeaders);
  }

  HttpResponse Preflight() const {
    HttpResponse response{.status = 204, .headers = {}, .body = ""};
    Apply(&response);
    if (allowed_.empty()) return response;
    response.headers.emplace_back("Access-Control-Allow-Methods", kMethods);
    response.headers.emplace_back("Access-Control-Allow-Headers", kRequestHeaders);
    response.headers.emplace_back("Access-Control-Max-Age", kPreflightAge);
    return response;
  }

 private:
  const absl::Duration https_only_;
  // Whether anybody may call from elsewhere.
  const bool cors_;
  // Value of Access-Control-Allow-Origin; empty: not allowed.
  std::string allowed_;
};

}  // namespace

absl::StatusOr<std::set<std::string>> ParseOrigins(absl::string_view text) {
  std::set<std::string> origins;
  for (const absl::string_view entry : absl::StrSplit(text, ',', absl::SkipWhitespace())) {
    const absl::string_view origin = absl::StripAsciiWhitespace(entry);
    if (origin != kEverybody && !IsOrigin(origin)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "'", origin, "' is not an origin, for instance https://www.example.fr without a path"));
    }
    origins.emplace(origin);
  }
  return origins;
}

void AddSecurity(const WebPolicy& policy, HttpResponse* response) {
  AddSecurityHeaders(policy.https_only, response);
}

HttpServer::Handler BehindWebPolicy(WebPolicy policy, HttpServer::Handler next) {
  return [policy = std::move(policy), next = std::move(next)](HttpRequest request,
                                                              HttpServer::Respond respond) {
    const Manner manner(policy, request.Header("origin"));
    const bool asks_first = request.method == "OPTIONS" && !request.Header("origin").empty() &&
                            !request.Header("access-control-request-method").empty();
    if (asks_first) return std::move(respond)(manner.Preflight());
    next(std::move(request), [manner, respond = std::move(respond)](HttpResponse response) mutable {
      manner.Apply(&response);
      std::move(respond)(std::move(response));
    });
  };
}

}  // namespace dm::gateway
