#include "services/gateway/http/front.h"

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
