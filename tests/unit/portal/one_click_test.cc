#include "services/gateway/portal/one_click.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace dm::gateway {
namespace {

constexpr char kUrlencoded[] = "List-Unsubscribe=One-Click";
constexpr char kMultipart[] =
    "--b\r\nContent-Disposition: form-data; "
    "name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";

class OneClickTest : public testing::Test {
 protected:
  HttpServer::Handler Notes(const std::string& who) {
    return [this, who](HttpRequest request, HttpServer::Respond respond) {
      who_ = who;
      request_ = std::move(request);
      std::move(respond)({});
    };
  }

  // Who answers.
  std::string Ask(HttpRequest request) {
    who_.clear();
    WithOneClick(Notes("pages"), Notes("api"))(std::move(request), [](HttpResponse) {});
    return who_;
  }

  std::string who_;
  HttpRequest request_;
};

TEST_F(OneClickTest, OnlyWhatAMailProgramSaysStopsMails) {
  struct Case {
    const char* method;
    const char* target;
    std::string body;
    const char* who;
  };
  const Case cases[] = {
      {"POST", "/desabonnement/AbC-_9", kUrlencoded, "api"},
      {"POST", "/desabonnement/AbC-_9", kMultipart, "api"},
      {"POST", "/desabonnement/AbC-_9?utm=1", kUrlencoded, "api"},
      // Who scans mails follows links, and may POST nothing in particular.
      {"GET", "/desabonnement/AbC-_9", "", "pages"},
      {"HEAD", "/desabonnement/AbC-_9", "", "pages"},
      {"GET", "/desabonnement/AbC-_9", kUrlencoded, "pages"},
      {"POST", "/desabonnement/AbC-_9", "", "pages"},
      {"POST", "/desabonnement/AbC-_9", "a=b", "pages"},
      {"POST", "/desabonnement/", kUrlencoded, "pages"},
      {"POST", "/desabonnement", kUrlencoded, "pages"},
      {"POST", "/desabonnement/a/b", kUrlencoded, "pages"},
      {"POST", "/desabonnement/a%22b", kUrlencoded, "pages"},
      {"POST", "/desabonnement/a\"b", kUrlencoded, "pages"},
      {"POST", "/consentement/AbC-_9", kUrlencoded, "pages"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(testing::Message() << c.method << " " << c.target << " " << c.body);
    EXPECT_EQ(Ask({.method = c.method, .target = c.target, .headers = {}, .body = c.body}), c.who);
  }
}

TEST_F(OneClickTest, TheMethodIsAskedWithTheTokenAndNothingOfAnAccount) {
  ASSERT_EQ(Ask({.method = "POST",
                 .target = "/desabonnement/AbC-_9?x=1",
                 .headers = {{"content-type", "multipart/form-data; boundary=b"},
                             {"authorization", "Bearer x"},
                             {"cookie", "session=x"},
                             {"x-forwarded-for", "192.0.2.1"},
                             {"x-forwarded-for", "192.0.2.2"},
                             {"traceparent", "00-1-2-01"}},
                 .body = kMultipart,
                 .peer = "192.0.2.7"}),
            "api");
  EXPECT_EQ(request_.method, "POST");
  EXPECT_EQ(request_.target, "/v1/mailChoices:stop");
  EXPECT_EQ(request_.body, R"({"token":"AbC-_9"})");
  EXPECT_EQ(request_.peer, "192.0.2.7");
  const HttpHeaders headers = {{"content-type", "application/json"},
                               {"x-forwarded-for", "192.0.2.1,192.0.2.2"},
                               {"traceparent", "00-1-2-01"}};
  EXPECT_EQ(request_.headers, headers);
}

}  // namespace
}  // namespace dm::gateway
