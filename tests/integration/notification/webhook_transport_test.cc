// What goes over the wire, to a real server on this machine.
#include "services/notification/delivery/webhook_transport.h"

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "services/gateway/http/http_server.h"

#include <gtest/gtest.h>

#include <atomic>

namespace dm::notification {
namespace {

class WebhookTransportTest : public ::testing::Test {
 protected:
  void Serve(gateway::HttpServer::Handler handler) {
    auto server = gateway::HttpServer::Start(
        {.refusal = [](int status) { return gateway::HttpResponse{.status = status}; }},
        std::move(handler));
    ASSERT_TRUE(server.ok());
    server_ = *std::move(server);
  }
  std::string Url(const std::string& host = "127.0.0.1") const {
    return absl::StrCat("http://", host, ":", server_->port(), "/hook");
  }
  WebhookAnswer Post(HttpWebhookTransport::Options options, const std::string& url) {
    HttpWebhookTransport transport(options);
    return transport.Post({.url = url, .headers = {{"webhook-id", "1"}}, .body = "{}"});
  }

  std::unique_ptr<gateway::HttpServer> server_;
};

TEST_F(WebhookTransportTest, PostsTheBodyAndItsHeaders) {
  gateway::HttpRequest seen;
  Serve([&](gateway::HttpRequest request, gateway::HttpServer::Respond respond) {
    seen = request;
    std::move(respond)({.status = 204});
  });
  const WebhookAnswer answer = Post({.private_allowed = true}, Url());
  EXPECT_TRUE(answer.taken()) << answer.failure;
  EXPECT_EQ(answer.http_status, 204);
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.body, "{}");
  EXPECT_EQ(seen.Header("webhook-id"), "1");
}

TEST_F(WebhookTransportTest, ReachesNoPrivateAddressWhateverNameLeadsThere) {
  std::atomic<int> reached = 0;
  Serve([&](gateway::HttpRequest, gateway::HttpServer::Respond respond) {
    ++reached;
    std::move(respond)({.status = 200});
  });
  for (const char* host : {"127.0.0.1", "localhost"}) {
    std::string url = Url(host);
    EXPECT_EQ(Post({}, url).failure, "UNREACHABLE") << "plain http";
    url.replace(0, 4, "https");
    EXPECT_EQ(Post({}, url).failure, "ADDRESS_REFUSED") << host;
  }
  EXPECT_EQ(reached, 0);
}

TEST_F(WebhookTransportTest, FollowsNoRedirect) {
  std::atomic<int> reached = 0;
  Serve([&](const gateway::HttpRequest&, gateway::HttpServer::Respond respond) {
    ++reached;
    std::move(respond)({.status = 307, .headers = {{"Location", "/elsewhere"}}});
  });
  const WebhookAnswer answer = Post({.private_allowed = true}, Url());
  EXPECT_EQ(answer.failure, "HTTP_STATUS");
  EXPECT_EQ(answer.http_status, 307);
  EXPECT_EQ(reached, 1);
}

TEST_F(WebhookTransportTest, ReadsNoMoreThanAPageOfAnAnswer) {
  Serve([&](gateway::HttpRequest, gateway::HttpServer::Respond respond) {
    std::move(respond)({.status = 200, .body = std::string(50'000'000, 'x')});
  });
  EXPECT_TRUE(Post({.private_allowed = true}, Url()).taken());
}

TEST_F(WebhookTransportTest, WaitsSoLongAndNoLonger) {
  std::vector<gateway::HttpServer::Respond> kept;
  absl::Mutex mutex;
  Serve([&](gateway::HttpRequest, gateway::HttpServer::Respond respond) {
    absl::MutexLock lock(&mutex);
    kept.push_back(std::move(respond));
  });
  const WebhookAnswer answer =
      Post({.private_allowed = true, .longest = absl::Milliseconds(200)}, Url());
  EXPECT_EQ(answer.failure, "TIMEOUT");
  EXPECT_EQ(answer.http_status, 0);
  absl::MutexLock lock(&mutex);
  kept.clear();
}

TEST_F(WebhookTransportTest, TellsHowLongTheReceiverWantsToRest) {
  Serve([&](gateway::HttpRequest, gateway::HttpServer::Respond respond) {
    std::move(respond)({.status = 429, .headers = {{"Retry-After", "120"}}});
  });
  const WebhookAnswer answer = Post({.private_allowed = true}, Url());
  EXPECT_EQ(answer.failure, "HTTP_STATUS");
  EXPECT_EQ(answer.retry_after, absl::Seconds(120));
}

TEST_F(WebhookTransportTest, SaysWhenNobodyListens) {
  Serve([](gateway::HttpRequest, gateway::HttpServer::Respond) {});
  const std::string url = Url();
  server_.reset();
  EXPECT_EQ(Post({.private_allowed = true}, url).failure, "UNREACHABLE");
}

}  // namespace
}  // namespace dm::notification
