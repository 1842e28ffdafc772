#include "services/gateway/http/http_server.h"

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/errors/error.h"
#include "services/gateway/http/http_connection.h"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>
#include <vector>

namespace dm::gateway {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

constexpr auto kAcceptPause = std::chrono::milliseconds(50);

class BeastServer final : public HttpServer {
 public:
  BeastServer(Options options, Handler handler)
      : acceptor_(asio::make_strand(shared_->io)), pause_(acceptor_.get_executor()) {
    shared_->options = std::move(options);
    shared_->handler = std::move(handler);
  }
  ~BeastServer() override { Drain(absl::Seconds(10)); }

  error_code Listen() {
    const std::string& listen = shared_->options.listen;
    const size_t colon = listen.rfind(':');
    if (colon == std::string::npos) return asio::error::invalid_argument;
    error_code error;
    tcp::resolver resolver(shared_->io);
    std::string host = listen.substr(0, colon);
    if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
    const auto found =
        resolver.resolve(host, listen.substr(colon + 1), tcp::resolver::passive, error);
    if (error) return error;
    const tcp::endpoint endpoint = *found.begin();
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (!error) port_ = acceptor_.local_endpoint(error).port();
    return error;
  }

  void Run() {
    asio::dispatch(acceptor_.get_executor(), [this] { Accept(); });
    for (int i = 0; i < std::max(1, shared_->options.threads); ++i) {
      threads_.emplace_back([this] { Work(); });
    }
  }

  int port() const override { return port_; }
  int connections() const override {
    absl::MutexLock lock(&shared_->mutex);
    return static_cast<int>(shared_->all.size());
  }

  void Drain(absl::Duration patience) override {
    absl::MutexLock drain_lock(&drain_mutex_);
    if (threads_.empty()) return;
    shared_->draining = true;
    asio::post(acceptor_.get_executor(), [this] {
      error_code ignored;
      acceptor_.close(ignored);
      pause_.cancel();
    });
    CloseAll(/*now=*/false);
    AwaitEmpty(patience);
    CloseAll(/*now=*/true);
    AwaitEmpty(absl::Seconds(1));
    work_.reset();
    shared_->io.stop();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    shared_->stopped = true;
    // What was cancelled completes, so that the connections let go of what they hold.
    shared_->io.restart();
    shared_->io.poll();
  }

 private:
  void Work() {
    while (true) {
      try {
        shared_->io.run();
        return;
      } catch (...) {
        // Only memory can run out here; the connection that was served is dropped with its handler.
      }
    }
  }

  void Accept() {
    if (shared_->draining) return;
    acceptor_.async_accept(asio::make_strand(shared_->io),
                           [this](error_code error, tcp::socket socket) {
                             if (error) return AcceptFailed(error);
                             Serve(std::move(socket));
                             Accept();
                           });
  }

  // Out of file descriptors, above all: try again soon instead of never.
  void AcceptFailed(error_code error) {
    if (error == asio::error::operation_aborted) return;
    pause_.expires_after(kAcceptPause);
    pause_.async_wait([this](error_code cancelled) {
      if (!cancelled) Accept();
    });
  }

  void Serve(tcp::socket socket) {
    const bool full = connections() >= shared_->options.max_connections && !shared_->MakeRoom();
    const auto connection = std::make_shared<HttpConnection>(std::move(socket), shared_);
    full ? connection->Refuse() : connection->Start();
  }

  void CloseAll(bool now) {
    std::vector<std::shared_ptr<HttpConnection>> all;
    {
      absl::MutexLock lock(&shared_->mutex);
      for (HttpConnection* connection : shared_->all) {
        // Null for one whose last owner is just letting go.
        if (auto held = connection->weak_from_this().lock()) all.push_back(std::move(held));
      }
    }
    for (const auto& connection : all) connection->Close(now);
  }

  void AwaitEmpty(absl::Duration patience) {
    absl::MutexLock lock(&shared_->mutex);
    shared_->mutex.AwaitWithTimeout(absl::Condition(shared_.get(), &HttpConnections::Empty),
                                    patience);
  }

  const std::shared_ptr<HttpConnections> shared_ = std::make_shared<HttpConnections>();
  asio::executor_work_guard<asio::io_context::executor_type> work_ =
      asio::make_work_guard(shared_->io);
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  int port_ = 0;
  absl::Mutex drain_mutex_;
  std::vector<std::thread> threads_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(Options options, Handler handler) {
  try {
    auto server = std::make_unique<BeastServer>(std::move(options), std::move(handler));
    if (const error_code error = server->Listen()) {
      return MakeError(absl::StatusCode::kUnavailable,
                       absl::StrCat("cannot listen for HTTP: ", error.message()),
                       {.reason = "BACKEND_UNAVAILABLE"});
    }
    server->Run();
    return server;
  } catch (const std::exception&) {
    return MakeError(absl::StatusCode::kUnavailable, "cannot start the HTTP server",
                     {.reason = "BACKEND_UNAVAILABLE"});
  }
}

}  // namespace dm::gateway
