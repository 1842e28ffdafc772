#include "services/gateway/http/front.h"

#include "services/gateway/http/content_coding.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <thread>
#include <utility>

namespace dm::gateway {
namespace {

HttpServer::Handler Says(const std::string& name) {
  return [name](HttpRequest request, HttpServer::Respond respond) {
    HttpResponse response;
    response.body = name;
    response.headers = {{"Set-Cookie", "a=1"}, {"Set-Cookie", "b=2"}};
    response.SetHeader("X-Trace", request.Header("traceparent"));
    std::move(respond)(std::move(response));
  };
}

Front::Handlers AllHandlers() {
  return {.api = Says("api"), .rpc = Says("rpc"), .docs = Says("docs"), .pages = Says("pages")};
}

HttpResponse Ask(Front& front, const std::string& method, const std::string& target,
                 HttpHeaders headers = {}) {
  HttpResponse answer;
  front.Handle({.method = method, .target = target, .headers = std::move(headers), .body = ""},
               [&](HttpResponse response) { answer = std::move(response); });
  return answer;
}

struct PathCase {
  const char* target;
  const char* handler;
};

class FrontHands : public testing::TestWithParam<PathCase> {};

TEST_P(FrontHands, EachPathToWhoAnswersForIt) {
  Front front(AllHandlers(), {}, &Clock::System());
  EXPECT_EQ(Ask(front, "GET", GetParam().target).body, GetParam().handler);
}

INSTANTIATE_TEST_SUITE_P(
    All, FrontHands,
    testing::Values(
        PathCase{"/v1/sectors", "api"}, PathCase{"/v1", "api"}, PathCase{"/v1?x=/docs", "api"},
        PathCase{"/v11/sectors", "pages"}, PathCase{"/v1:search", "pages"},
        PathCase{"/destinationmetier.catalogue.v1.CatalogueService/GetOffer", "rpc"},
        PathCase{"/destinationmetier.catalogue.v1.CatalogueService/", "pages"},
        PathCase{"/destinationmetier.catalogue.v1.CatalogueService/GetOffer/x", "pages"},
        PathCase{"/grpc.health.v1.Health/Check?connect=v1", "rpc"},
        PathCase{"/openapi.json", "docs"}, PathCase{"/openapi.json?pretty", "docs"},
        PathCase{"/docs", "docs"}, PathCase{"/docs/viewer.js", "docs"}, PathCase{"/docsy", "pages"},
        PathCase{"/", "pages"}, PathCase{"/assets/app.js", "pages"},
        PathCase{"/auth/callback?code=1", "pages"}, PathCase{"/favicon.ico", "pages"},
        PathCase{"*", "pages"}, PathCase{"", "pages"}));

TEST(Front, AnswersThatNothingIsThereWhereNobodyAnswers) {
  Front front({.api = Says("api"), .rpc = nullptr, .docs = nullptr, .pages = nullptr}, {},
              &Clock::System());
  for (const char* target : {"/", "/docs", "/a.B/C"}) {
    const HttpResponse response = Ask(front, "GET", target);
    EXPECT_EQ(response.status, 404) << target;
    EXPECT_EQ(nlohmann::json::parse(response.body)["error"]["status"], "NOT_FOUND");
  }
}

TEST(Front, ContinuesTheTraceOfTheCaller) {
  Front front(AllHandlers(), {}, &Clock::System());
  const HttpResponse response =
      Ask(front, "GET", "/v1/sectors",
          {{"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}});
  EXPECT_EQ(response.Header("traceparent").substr(3, 32), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_NE(response.Header("traceparent").substr(36, 16), "b7ad6b7169203331");
  EXPECT_EQ(response.Header("x-trace"), response.Header("traceparent"));
}

TEST(Front, MakesATraceWhenNoneCame) {
  Front front(AllHandlers(), {}, &Clock::System());
  for (const HttpHeaders& headers : {HttpHeaders{}, HttpHeaders{{"traceparent", "nonsense"}}}) {
    EXPECT_EQ(Ask(front, "GET", "/v1/sectors", headers).Header("traceparent").size(), 55u);
  }
}

TEST(Front, LeavesSeveralCookiesSeveral) {
  Front front(AllHandlers(), {}, &Clock::System());
  int cookies = 0;
  for (const auto& [name, value] : Ask(front, "GET", "/auth/callback").headers) {
    cookies += name == "Set-Cookie" ? 1 : 0;
  }
  EXPECT_EQ(cookies, 2);
}

// Answers with a text of `size` bytes.
Front::Handlers Texts(size_t size, HttpHeaders headers) {
  return {
      .api =
          [size, headers](HttpRequest, HttpServer::Respond respond) {
            std::move(respond)({.status = 200, .headers = headers, .body = std::string(size, 'x')});
          },
      .rpc = nullptr,
      .docs = nullptr,
      .pages = nullptr};
}

constexpr char kPublic[] = "public, max-age=1";

TEST(Front, ShrinksWhatIsWorthIt) {
  struct Case {
    const char* accept_encoding;
    size_t size;
    const char* type;
    bool shrinks;
  };
  for (const Case& one :
       {Case{"gzip", 5000, "application/json; charset=utf-8", true},
        Case{"gzip", 5000, "text/html", true}, Case{"gzip", 1000, "application/json", false},
        Case{"", 5000, "application/json", false},
        Case{"gzip;q=0", 5000, "application/json", false},
        Case{"gzip", 5000, "application/pdf", false}}) {
    Front front(Texts(one.size, {{"Content-Type", one.type}}), {}, &Clock::System());
    const HttpResponse response =
        Ask(front, "GET", "/v1/x", {{"accept-encoding", one.accept_encoding}});
    EXPECT_EQ(response.Header("content-encoding"), one.shrinks ? "gzip" : "") << one.type;
    EXPECT_EQ(one.shrinks ? *Gunzip(response.body, 10'000) : response.body,
              std::string(one.size, 'x'));
  }
}

TEST(Front, SaysThatAnAnswerVariesByItsCoding) {
  Front front(Texts(5000, {{"Content-Type", "text/html"}}), {}, &Clock::System());
  EXPECT_EQ(Ask(front, "GET", "/v1/x").Header("vary"), "Accept-Encoding");
}

TEST(Front, GivesWeakTagsToWhatWasShrunk) {
  Front front(Texts(5000, {{"Content-Type", "text/html"}, {"Cache-Control", kPublic}}), {},
              &Clock::System());
  const std::string plain(Ask(front, "GET", "/v1/x").Header("etag"));
  const std::string shrunk(
      Ask(front, "GET", "/v1/x", {{"accept-encoding", "gzip"}}).Header("etag"));
  EXPECT_EQ(shrunk, "W/" + plain);
  for (const std::string& tag : {plain, shrunk}) {
    EXPECT_EQ(Ask(front, "GET", "/v1/x", {{"if-none-match", tag}}).status, 304);
    const HttpResponse renewed =
        Ask(front, "HEAD", "/v1/x", {{"if-none-match", tag}, {"accept-encoding", "gzip"}});
    EXPECT_EQ(renewed.status, 304);
    // As a 200 would have it.
    EXPECT_EQ(renewed.Header("etag"), shrunk);
    EXPECT_EQ(renewed.Header("vary"), "Accept-Encoding");
    EXPECT_EQ(renewed.body, "");
  }
}

TEST(Front, TellsWhatTheCallerHasAlready) {
  Front front(Texts(10, {{"Content-Type", "text/html"}, {"Cache-Control", kPublic}}), {},
              &Clock::System());
  const std::string tag(Ask(front, "GET", "/v1/x").Header("etag"));
  const HttpResponse renewed = Ask(front, "GET", "/v1/x", {{"if-none-match", tag}});
  EXPECT_EQ(renewed.status, 304);
  EXPECT_EQ(renewed.body, "");
  EXPECT_EQ(renewed.Header("etag"), tag);
  EXPECT_EQ(renewed.Header("cache-control"), kPublic);
  EXPECT_NE(renewed.Header("date"), "");
  EXPECT_EQ(Ask(front, "GET", "/v1/x", {{"if-none-match", "\"other\""}}).status, 200);
  EXPECT_EQ(Ask(front, "POST", "/v1/x", {{"if-none-match", tag}}).status, 200);
}

TEST(Front, SendsWhatMayNotBeStoredAlwaysWhole) {
  Front front(Texts(10, {{"ETag", "\"e1\""}, {"Cache-Control", "no-store"}}), {}, &Clock::System());
  const HttpResponse response = Ask(front, "GET", "/v1/x", {{"if-none-match", "\"e1\""}});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.Header("etag"), "\"e1\"");
}

TEST(Front, ReadsBodiesThatComeAsGzip) {
  Front front({.api =
                   [](HttpRequest request, HttpServer::Respond respond) {
                     std::move(respond)({.status = 200, .headers = {}, .body = request.body});
                   },
               .rpc = nullptr,
               .docs = nullptr,
               .pages = nullptr},
              {}, &Clock::System(), /*body_limit=*/100);
  const auto post = [&](const std::string& coding, const std::string& body) {
    HttpResponse answer;
    front.Handle({.method = "POST",
                  .target = "/v1/x",
                  .headers = {{"content-encoding", coding}},
                  .body = body},
                 [&](HttpResponse response) { answer = std::move(response); });
    return answer;
  };
  EXPECT_EQ(post("gzip", Gzip("hello")).body, "hello");
  EXPECT_EQ(post("identity", "hello").body, "hello");
  EXPECT_EQ(post("", "hello").body, "hello");
  EXPECT_EQ(post("gzip", "hello").status, 400);
  EXPECT_EQ(post("gzip", Gzip(std::string(101, 'x'))).status, 413);
  for (const char* coding : {"br", "deflate", "gzip, gzip"}) {
    EXPECT_EQ(post(coding, "hello").status, 415) << coding;
    EXPECT_EQ(post(coding, "hello").Header("accept-encoding"), "gzip");
  }
}

TEST(Front, SaysWhatTheServerTakes) {
  Front front(AllHandlers(), {}, &Clock::System());
  const HttpResponse response = Ask(front, "OPTIONS", "*");
  EXPECT_EQ(response.status, 204);
  EXPECT_NE(response.Header("allow"), "");
}

TEST(Front, WaitsAtItsEndForTheRequestsUnderWay) {
  std::unique_ptr<HttpServer::Respond> later;
  bool answered = false;
  std::thread answerer;
  {
    Front front({.api =
                     [&](HttpRequest, HttpServer::Respond respond) {
                       later = std::make_unique<HttpServer::Respond>(std::move(respond));
                     },
                 .rpc = nullptr,
                 .docs = nullptr,
                 .pages = nullptr},
                {}, &Clock::System());
    front.Handle({.method = "GET", .target = "/v1/x", .headers = {}, .body = ""},
                 [&](HttpResponse) { answered = true; });
    answerer = std::thread([&] {
      std::move (*later)(HttpResponse{});
      later.reset();
    });
  }
  EXPECT_TRUE(answered);
  answerer.join();
}

TEST(Front, WaitsForNobodyWhoForgetsARequest) {
  bool answered = false;
  {
    Front front({.api = [](HttpRequest, HttpServer::Respond) {},
                 .rpc = nullptr,
                 .docs = nullptr,
                 .pages = nullptr},
                {}, &Clock::System());
    front.Handle({.method = "GET", .target = "/v1/x", .headers = {}, .body = ""},
                 [&](HttpResponse) { answered = true; });
  }
  EXPECT_FALSE(answered);
}

}  // namespace
}  // namespace dm::gateway
