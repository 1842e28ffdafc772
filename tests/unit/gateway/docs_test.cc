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

TEST(Docs, RefuseWhatTheyDoNotHave) {
  EXPECT_EQ(Ask("POST", "/openapi.json").status, 405);
  EXPECT_EQ(Ask("POST", "/openapi.json").Header("allow"), "GET, HEAD");
  EXPECT_EQ(Ask("GET", "/docs/nothing").status, 404);
}

}  // namespace
}  // namespace dm::gateway
