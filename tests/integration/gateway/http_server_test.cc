#include "services/gateway/http/http_server.h"

#include "absl/synchronization/notification.h"
#include "tests/integration/gateway/socket_client.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace dm::gateway {
namespace {

// More than the buffers of two sockets take.
constexpr size_t kLargeAnswer = 32 << 20;

// Answers with what was asked; /later waits until the test lets it go, /never is never answered,
// /dropped is forgotten, /large has a
// long answer.
class HttpServerTest : public testing::Test {
 protected:
  void Start(HttpServer::Options options = {}) {
    auto server =
        HttpServer::Start(options, [this](HttpRequest request, HttpServer::Respond respond) {
          Handle(std::move(request), std::move(respond));
        });
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  void Handle(HttpRequest request, HttpServer::Respond respond) {
    if (request.target == "/dropped") return;
    if (request.target == "/later" || request.target == "/never") {
      later_ = std::make_unique<HttpServer::Respond>(std::move(respond));
      arrived_.Notify();
      return;
    }
    if (request.target == "/large") {
      std::move(respond)({.status = 200, .headers = {}, .body = std::string(kLargeAnswer, 'x')});
      answered_.Notify();
      return;
    }
    if (request.target == "/who") {
      return std::move(respond)({.status = 200, .headers = {}, .body = request.peer});
    }
    if (request.target == "/cookies") {
      return std::move(respond)(
          {.status = 200, .headers = {{"Set-Cookie", "a=1"}, {"Set-Cookie", "b=2"}}, .body = ""});
    }
    std::move(respond)(
        {.status = 200,
         .headers = {{"Content-Type", "text/plain"}},
         .body = absl::StrCat(request.method, " ", request.target, " ", request.body.size())});
  }

  std::unique_ptr<HttpServer::Respond> later_;
  absl::Notification arrived_;
  absl::Notification answered_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, KeepsAConnectionForManyRequests) {
  Start();
  SocketClient client(server_->port());
  EXPECT_EQ(client.Ask("GET", "/a").body, "GET /a 0");
  EXPECT_EQ(client.Ask("POST", "/b", "", "xyz").body, "POST /b 3");
  EXPECT_EQ(server_->connections(), 1);
}

TEST_F(HttpServerTest, TellsWhoIsAtTheOtherEnd) {
  Start();
  EXPECT_EQ(SocketClient(server_->port()).Ask("GET", "/who").body, "127.0.0.1");
}

TEST_F(HttpServerTest, SendsAHeaderSeveralTimes) {
  Start();
  const auto answer = SocketClient(server_->port()).Ask("GET", "/cookies");
  EXPECT_NE(answer.head.find("Set-Cookie: a=1\r\n"), std::string::npos);
  EXPECT_NE(answer.head.find("Set-Cookie: b=2\r\n"), std::string::npos);
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrder) {
  Start();
  SocketClient client(server_->port());
  client.Send("GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.Read().body, "GET /a 0");
  EXPECT_EQ(client.Read().body, "GET /b 0");
}

TEST_F(HttpServerTest, ClosesWhenAskedTo) {
  Start();
  SocketClient client(server_->port());
  EXPECT_EQ(client.Ask("GET", "/a", "Connection: close\r\n").Header("connection"), "close");
  EXPECT_TRUE(client.ClosedByServer());
}

TEST_F(HttpServerTest, KeepsTheBodyOfAHeadToItself) {
  Start();
  SocketClient client(server_->port());
  client.Send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.Read(/*head_only=*/true).Header("content-length"), "9");
  EXPECT_EQ(client.Ask("GET", "/b").body, "GET /b 0");
}

TEST_F(HttpServerTest, RefusesABodyAboveTheLimit) {
  Start({.body_limit = 1000});
  EXPECT_EQ(SocketClient(server_->port()).Ask("POST", "/", "", std::string(1000, 'x')).status, 200);
  EXPECT_EQ(SocketClient(server_->port()).Ask("POST", "/", "", std::string(1001, 'x')).status, 413);
}

TEST_F(HttpServerTest, RefusesAChunkedBodyAboveTheLimit) {
  Start({.body_limit = 1000});
  SocketClient client(server_->port());
  client.Send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 3; ++i) client.Send("1f4\r\n" + std::string(500, 'x') + "\r\n");
  EXPECT_EQ(client.Read().status, 413);
}

TEST_F(HttpServerTest, RefusesBeforeABodyThatWaitsForPermission) {
  Start({.body_limit = 1000});
  SocketClient client(server_->port());
  client.Send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  EXPECT_EQ(client.Read().status, 100);
  client.Send("hello");
  EXPECT_EQ(client.Read().body, "POST / 5");
  client.Send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5000\r\n\r\n");
  EXPECT_EQ(client.Read().status, 413);
}

TEST_F(HttpServerTest, RefusesHeadersAboveTheLimit) {
  Start();
  EXPECT_EQ(SocketClient(server_->port())
                .Ask("GET", "/", "X: " + std::string(20'000, 'x') + "\r\n")
                .status,
            431);
}

TEST_F(HttpServerTest, RefusesWhatIsNotHttp) {
  Start();
  for (const char* bytes :
       {"\x16\x03\x01\x02\n\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/1.1\r\nA\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked, identity\r\n\r\n"}) {
    SocketClient client(server_->port());
    client.Send(bytes);
    EXPECT_EQ(client.Read().status, 400) << bytes;
  }
}

TEST_F(HttpServerTest, DoesNotWaitForTheBodyOfWhatOnlyReads) {
  Start();
  for (const char* method : {"GET", "HEAD", "OPTIONS"}) {
    for (const char* body : {"Content-Length: 5", "Transfer-Encoding: chunked"}) {
      SocketClient client(server_->port());
      client.Send(absl::StrCat(method, " / HTTP/1.1\r\nHost: x\r\n", body, "\r\n\r\n"));
      EXPECT_EQ(client.Read().status, 400) << method << ", " << body;
    }
  }
  EXPECT_EQ(SocketClient(server_->port()).Ask("GET", "/", "Content-Length: 0\r\n").status, 200);
}

TEST_F(HttpServerTest, CutsOffARequestThatComesTooSlowly) {
  Start({.read_time = absl::Milliseconds(100)});
  SocketClient client(server_->port());
  client.Send("GET / HTTP/1.1\r\nHos");
  EXPECT_TRUE(client.ClosedByServer());
  SocketClient silent(server_->port());
  EXPECT_TRUE(silent.ClosedByServer());
}

TEST_F(HttpServerTest, ClosesAnIdleConnection) {
  Start({.idle_time = absl::Milliseconds(100)});
  SocketClient client(server_->port());
  EXPECT_EQ(client.Ask("GET", "/a").status, 200);
  EXPECT_TRUE(client.ClosedByServer());
}

TEST_F(HttpServerTest, RefusesOneConnectionTooMany) {
  Start({.max_connections = 2});
  SocketClient first(server_->port());
  SocketClient second(server_->port());
  EXPECT_EQ(first.Ask("GET", "/").status, 200);
  EXPECT_EQ(second.Ask("GET", "/").status, 200);
  SocketClient third(server_->port());
  EXPECT_EQ(third.Read().status, 503);
  EXPECT_EQ(first.Ask("GET", "/").status, 200);
}

TEST_F(HttpServerTest, WhoTakesLongestOverAnAnswerMakesRoomFirst) {
  Start({.max_connections = 2, .room_after = absl::ZeroDuration()});
  SocketClient silent(server_->port());
  EXPECT_EQ(silent.Ask("GET", "/").status, 200);
  SocketClient slow(server_->port());
  slow.Send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
  answered_.WaitForNotification();
  SocketClient third(server_->port());
  EXPECT_EQ(third.Ask("GET", "/").status, 200);
  EXPECT_LT(slow.Read().body.size(), kLargeAnswer);
  EXPECT_EQ(silent.Ask("GET", "/").status, 200);
}

TEST_F(HttpServerTest, WhoIsSilentMakesRoomAndWhoWaitsDoesNot) {
  Start({.max_connections = 2, .room_after = absl::ZeroDuration()});
  SocketClient waiting(server_->port());
  waiting.Send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
  arrived_.WaitForNotification();
  SocketClient silent(server_->port());
  EXPECT_EQ(silent.Ask("GET", "/").status, 200);
  SocketClient third(server_->port());
  EXPECT_EQ(third.Ask("GET", "/").status, 200);
  EXPECT_TRUE(silent.ClosedByServer());
  std::move (*later_)({.status = 200, .headers = {}, .body = "kept"});
  EXPECT_EQ(waiting.Read().body, "kept");
}

TEST_F(HttpServerTest, AnswersForAHandlerThatDoesNot) {
  Start({.answer_time = absl::Milliseconds(100)});
  SocketClient client(server_->port());
  EXPECT_EQ(client.Ask("GET", "/never").status, 504);
  EXPECT_EQ(client.Ask("GET", "/dropped").status, 500);
  // An answer that comes after all is dropped.
  std::move (*later_)({.status = 200, .headers = {}, .body = "late"});
  EXPECT_EQ(client.Ask("GET", "/a").body, "GET /a 0");
}

TEST_F(HttpServerTest, DrainsWithoutCuttingARequestShort) {
  Start();
  SocketClient idle(server_->port());
  EXPECT_EQ(idle.Ask("GET", "/a").status, 200);
  SocketClient busy(server_->port());
  busy.Send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
  arrived_.WaitForNotification();
  std::thread drain([this] { server_->Drain(absl::Seconds(20)); });
  EXPECT_TRUE(idle.ClosedByServer());
  std::move (*later_)({.status = 200, .headers = {}, .body = "done"});
  const auto answer = busy.Read();
  EXPECT_EQ(answer.body, "done");
  EXPECT_EQ(answer.Header("connection"), "close");
  drain.join();
  EXPECT_FALSE(SocketClient(server_->port()).connected());
}

TEST_F(HttpServerTest, EndsThoughARequestNeverDoes) {
  Start();
  SocketClient busy(server_->port());
  busy.Send("GET /never HTTP/1.1\r\nHost: x\r\n\r\n");
  arrived_.WaitForNotification();
  server_->Drain(absl::Milliseconds(50));
  EXPECT_EQ(busy.Read().status, 0);
  server_.reset();
  // The handler's late answer finds nobody, and hurts nobody.
  std::move (*later_)({.status = 200, .headers = {}, .body = "late"});
}

TEST_F(HttpServerTest, ServesManyClientsAtOnce) {
  Start();
  std::vector<std::thread> clients;
  std::atomic<int> good = 0;
  for (int i = 0; i < 16; ++i) {
    clients.emplace_back([this, &good] {
      SocketClient client(server_->port());
      for (int n = 0; n < 50; ++n) good += client.Ask("GET", "/a").body == "GET /a 0" ? 1 : 0;
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(good, 800);
}

TEST(HttpServer, TellsWhenItCannotListen) {
  const auto first = HttpServer::Start({}, [](HttpRequest, HttpServer::Respond) {});
  ASSERT_TRUE(first.ok());
  EXPECT_FALSE(HttpServer::Start({.listen = absl::StrCat("127.0.0.1:", (*first)->port())},
                                 [](HttpRequest, HttpServer::Respond) {})
                   .ok());
  EXPECT_FALSE(
      HttpServer::Start({.listen = "nonsense"}, [](HttpRequest, HttpServer::Respond) {}).ok());
}

}  // namespace
}  // namespace dm::gateway
