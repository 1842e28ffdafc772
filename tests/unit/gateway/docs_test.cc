#include "services/gateway/http/docs.h"

#include <gtest/gtest.h>

namespace dm::gateway {
namespace {

HttpResponse Ask(const std::string& method, const std::string& target) {
  HttpResponse answer;
  ServeDocs("{}")({.method = method, .target = target, .headers = {}, .body = ""},
                  [&](HttpResponse response) { answer = std::move(response); });
  return answer;
}

TEST(Docs, ShowTheDescriptionOfTheApi) {
  EXPECT_EQ(Ask("GET", "/openapi.json").body, "{}");
  EXPECT_EQ(Ask("GET", "/openapi.json").Header("content-type"), "application/json; charset=utf-8");
  EXPECT_EQ(Ask("HEAD", "/openapi.json").status, 200);
}

TEST(Docs, ShowAPageThatLoadsNothingFromElsewhere) {
  for (const char* path : {"/docs", "/docs/", "/docs?x", "/docs/style.css", "/docs/viewer.js"}) {
    const HttpResponse response = Ask("GET", path);
    EXPECT_EQ(response.status, 200) << path;
    EXPECT_NE(response.body, "") << path;
    EXPECT_EQ(response.body.find("//cdn"), std::string::npos) << path;
    EXPECT_EQ(response.body.find("https://"), std::string::npos) << path;
    EXPECT_EQ(response.Header("content-security-policy").substr(0, 18), "default-src 'none'");
  }
  EXPECT_EQ(Ask("GET", "/docs").Header("content-type"), "text/html; charset=utf-8");
}

TEST(Docs, RefuseWhatTheyDoNotHave) {
  EXPECT_EQ(Ask("POST", "/openapi.json").status, 405);
  EXPECT_EQ(Ask("POST", "/openapi.json").Header("allow"), "GET, HEAD");
  EXPECT_EQ(Ask("GET", "/docs/nothing").status, 404);
}

}  // namespace
}  // namespace dm::gateway
