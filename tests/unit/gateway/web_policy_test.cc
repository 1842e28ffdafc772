#include "services/gateway/http/web_policy.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

namespace dm::gateway {
namespace {

// The answer of a handler behind the policy, which itself answers `inner`.
HttpResponse Ask(const WebPolicy& policy, HttpRequest request, HttpResponse inner = {}) {
  std::optional<HttpResponse> answer;
  const auto handler = BehindWebPolicy(
      policy, [&](HttpRequest, HttpServer::Respond respond) { std::move(respond)(inner); });
  handler(std::move(request), [&](HttpResponse response) { answer = std::move(response); });
  return answer.value();
}

HttpRequest From(const char* origin, const char* method = "GET") {
  return {.method = method, .target = "/v1/sectors", .headers = {{"origin", origin}}, .body = ""};
}

HttpRequest Preflight(const char* origin) {
  HttpRequest request = From(origin, "OPTIONS");
  request.headers.emplace_back("access-control-request-method", "POST");
  return request;
}

const WebPolicy kOne{.origins = {"https://www.example.fr"}, .https_only = absl::ZeroDuration()};

TEST(WebPolicy, LetsTheListedOriginsCall) {
  const HttpResponse answer = Ask(kOne, From("https://www.example.fr"));
  EXPECT_EQ(answer.Header("Access-Control-Allow-Origin"), "https://www.example.fr");
  EXPECT_EQ(answer.Header("Vary"), "Origin");
  EXPECT_NE(answer.Header("Access-Control-Expose-Headers").find("RateLimit"), std::string::npos);
  const HttpResponse first = Ask(kOne, Preflight("https://www.example.fr"));
  EXPECT_EQ(first.status, 204);
  EXPECT_NE(first.Header("Access-Control-Allow-Headers").find("Idempotency-Key"),
            std::string::npos);
  EXPECT_NE(first.Header("Access-Control-Allow-Methods").find("PATCH"), std::string::npos);
}

TEST(WebPolicy, TellsNobodyElseAnything) {
  for (const char* origin : {"https://evil.example", "https://www.example.fr.evil.example",
                             "http://www.example.fr", "https://www.example.fr:8443", "null", ""}) {
    for (const HttpRequest& request : {From(origin), Preflight(origin)}) {
      const HttpResponse answer = Ask(kOne, request);
      EXPECT_EQ(answer.Header("Access-Control-Allow-Origin"), "") << origin;
      EXPECT_EQ(answer.Header("Access-Control-Allow-Headers"), "") << origin;
      EXPECT_EQ(answer.Header("Vary"), "Origin") << origin;
    }
  }
}

TEST(WebPolicy, NeverLetsACookieCome) {
  for (const WebPolicy& policy : {kOne, WebPolicy{.origins = {"*"}, .https_only = {}}}) {
    EXPECT_EQ(
        Ask(policy, Preflight("https://www.example.fr")).Header("Access-Control-Allow-Credentials"),
        "");
  }
}

TEST(WebPolicy, SaysNothingOfOriginsWithoutAList) {
  const HttpResponse answer = Ask({}, From("https://www.example.fr"));
  EXPECT_EQ(answer.Header("Access-Control-Allow-Origin"), "");
  EXPECT_EQ(answer.Header("Vary"), "");
}

TEST(WebPolicy, KeepsWhatTheAnswerVariesByAlready) {
  const HttpResponse answer =
      Ask(kOne, From("https://www.example.fr"),
          {.status = 200, .headers = {{"Vary", "Authorization"}}, .body = ""});
  EXPECT_EQ(answer.Header("Vary"), "Authorization, Origin");
}

TEST(WebPolicy, ShutsEveryAnswerIn) {
  const HttpResponse data = Ask({}, From(""));
  EXPECT_EQ(data.Header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(data.Header("Referrer-Policy"), "no-referrer");
  EXPECT_EQ(data.Header("Content-Security-Policy"),
            "default-src 'none'; base-uri 'none'; frame-ancestors 'none'");
  const HttpResponse page =
      Ask({}, From(""), {.status = 200, .headers = {{"Content-Type", "text/html"}}, .body = ""});
  EXPECT_NE(page.Header("Content-Security-Policy").find("default-src 'self'"), std::string::npos);
  const HttpResponse own = Ask({}, From(""),
                               {.status = 200,
                                .headers = {{"Content-Security-Policy", "default-src 'self' x"}},
                                .body = ""});
  EXPECT_EQ(own.Header("Content-Security-Policy"), "default-src 'self' x");
  EXPECT_EQ(data.Header("Strict-Transport-Security"), "");
  EXPECT_EQ(Ask({.origins = {}, .https_only = absl::Hours(1)}, From(""))
                .Header("Strict-Transport-Security"),
            "max-age=3600; includeSubDomains");
}

TEST(WebPolicy, ShutsInWhatIsRefusedBeforeAnybodyReadsIt) {
  HttpResponse refusal{.status = 400, .headers = {}, .body = ""};
  AddSecurity({.origins = {}, .https_only = absl::Hours(1)}, &refusal);
  EXPECT_EQ(refusal.headers, Ask({.origins = {}, .https_only = absl::Hours(1)}, From("")).headers);
}

TEST(WebPolicy, LeavesAPageItsPolicyWhenThatPageIsRenewed) {
  const HttpResponse renewed = Ask({}, From(""), {.status = 304, .headers = {}, .body = ""});
  EXPECT_EQ(renewed.Header("Content-Security-Policy"), "");
  EXPECT_EQ(renewed.Header("X-Content-Type-Options"), "nosniff");
}

TEST(Origins, AreSchemesHostsAndPorts) {
  EXPECT_TRUE(ParseOrigins("").value().empty());
  EXPECT_EQ(ParseOrigins("https://a.example, http://localhost:3000").value().size(), 2);
  EXPECT_EQ(ParseOrigins("*").value().count("*"), 1);
  for (const char* bad : {"a.example", "https://", "https://a.example/", "https://A.example",
                          "https://*.example", "null", "ftp://a.example", "https://a b"}) {
    EXPECT_FALSE(ParseOrigins(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace dm::gateway
