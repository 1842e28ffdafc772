#include "services/gateway/http/http_message.h"

#include <gtest/gtest.h>

namespace dm::gateway {
namespace {

TEST(HttpRequest, SplitsItsTarget) {
  HttpRequest request;
  request.target = "/v1/offers:search?query=a?b&lat=";
  EXPECT_EQ(request.Path(), "/v1/offers:search");
  EXPECT_EQ(request.Query(), "query=a?b&lat=");
  request.target = "/v1/sectors";
  EXPECT_EQ(request.Path(), "/v1/sectors");
  EXPECT_EQ(request.Query(), "");
}

TEST(HttpRequest, FindsItsCookies) {
  HttpRequest request;
  request.headers = {{"cookie", "a=1;b = 2; session=x=y"}, {"host", "h"}, {"cookie", "late=3"}};
  EXPECT_EQ(request.Cookie("a"), "1");
  EXPECT_EQ(request.Cookie("session"), "x=y");
  EXPECT_EQ(request.Cookie("late"), "3");
  EXPECT_EQ(request.Cookie("sess"), "");
  EXPECT_EQ(HttpRequest().Cookie("a"), "");
}

TEST(HttpRequest, ReplacesAHeader) {
  HttpRequest request;
  request.headers = {{"a", "1"}, {"b", "2"}, {"a", "3"}};
  EXPECT_EQ(request.CountOf("a"), 2);
  EXPECT_EQ(request.Headers("a"), "1,3");
  request.SetHeader("a", "4");
  EXPECT_EQ(request.CountOf("a"), 1);
  EXPECT_EQ(request.Header("a"), "4");
  EXPECT_EQ(request.Header("b"), "2");
}

TEST(HttpResponse, GathersWhatItVariesBy) {
  HttpResponse response;
  response.VaryBy("Authorization");
  response.VaryBy("Accept-Encoding");
  response.VaryBy("accept-encoding");
  EXPECT_EQ(response.Header("vary"), "Authorization, Accept-Encoding");
}

}  // namespace
}  // namespace dm::gateway
