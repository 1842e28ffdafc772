#include "services/gateway/http/http_server.h"

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/errors/error.h"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace dm::gateway {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;

constexpr size_t kReadSize = 16 * 1024;
constexpr auto kAcceptPause = std::chrono::milliseconds(50);
// What a refused client may still send while it reads the refusal: without it the kernel would
// reset the connection and throw the answer away.
constexpr size_t kLingerBytes = 4 * 1024 * 1024;
constexpr auto kLingerTime = std::chrono::seconds(2);

class Connection;

// What the connections share. They hold it, as an answer may come after the server has gone.
struct Shared {
  HttpServer::Options options;
  HttpServer::Handler handler;
  std::atomic<bool> draining = false;
  // No thread runs `io` any more.
  std::atomic<bool> stopped = false;

  mutable absl::Mutex mutex;
  absl::flat_hash_set<Connection*> connections ABSL_GUARDED_BY(mutex);

  // The last member, so that what it still holds goes first.
  asio::io_context io;

  bool Idle() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) { return connections.empty(); }
};

// One client. Every member function runs on the connection's strand, except Answer.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket, std::shared_ptr<Shared> shared)
      : shared_(std::move(shared)),
        stream_(std::move(socket)),
        answer_timer_(stream_.get_executor()) {
    absl::MutexLock lock(&shared_->mutex);
    shared_->connections.insert(this);
  }
  ~Connection() {
    absl::MutexLock lock(&shared_->mutex);
    shared_->connections.erase(this);
  }

  void Start() {
    asio::dispatch(stream_.get_executor(), [self = shared_from_this()] {
      error_code ignored;
      self->stream_.socket().set_option(tcp::no_delay(true), ignored);
      const tcp::endpoint client = self->stream_.socket().remote_endpoint(ignored);
      if (!ignored) self->peer_ = client.address().to_string();
      self->AwaitRequest(self->shared_->options.read_time);
    });
  }

  void Refuse() {
    asio::dispatch(stream_.get_executor(), [self = shared_from_this()] { self->Fail(503); });
  }

  // `now`: also a request under way is given up.
  void Close(bool now) {
    asio::post(stream_.get_executor(), [self = shared_from_this(), now] {
      if (now || self->idle_) self->stream_.cancel();
      if (now) {
        error_code ignored;
        self->stream_.socket().close(ignored);
      }
    });
  }

  // From any thread. Only the answer to the request `number` counts: a late one is dropped.
  void Answer(uint64_t number, HttpResponse response) {
    if (shared_->stopped) return;
    asio::dispatch(stream_.get_executor(),
                   [self = shared_from_this(), number, r = std::move(response)]() mutable {
                     if (number != self->answering_) return;
                     self->answering_ = 0;
                     self->answer_timer_.cancel();
                     self->Send(std::move(r));
                   });
  }

 private:
  static std::chrono::nanoseconds Chrono(absl::Duration d) { return absl::ToChronoNanoseconds(d); }

  // The first bytes get `patience` of their own, so that an idle connection and a request that
  // never ends are told apart.
  void AwaitRequest(absl::Duration patience) {
    if (shared_->draining) return Finish();
    if (buffer_.size() > 0) return ReadHeader();
    idle_ = true;
    stream_.expires_after(Chrono(patience));
    stream_.async_read_some(buffer_.prepare(kReadSize),
                            [self = shared_from_this()](error_code error, size_t size) {
                              self->idle_ = false;
                              if (error) return self->Finish();
                              self->buffer_.commit(size);
                              self->ReadHeader();
                            });
  }

  void ReadHeader() {
    parser_.emplace();
    parser_->header_limit(static_cast<uint32_t>(shared_->options.header_limit));
    parser_->body_limit(shared_->options.body_limit);
    stream_.expires_after(Chrono(shared_->options.read_time));
    http::async_read_header(stream_, buffer_, *parser_,
                            [self = shared_from_this()](error_code error, size_t) {
                              if (error) return self->ReadFailed(error);
                              self->HeaderRead();
                            });
  }

  void HeaderRead() {
    // Where a body in another coding ends cannot be known, nor where the next request begins.
    if (parser_->get().count(http::field::transfer_encoding) > 0 && !parser_->chunked()) {
      return Fail(400);
    }
    if (!absl::EqualsIgnoreCase(ToView(parser_->get()[http::field::expect]), "100-continue")) {
      return ReadBody();
    }
    continue_.emplace(http::status::continue_, parser_->get().version());
    http::async_write(stream_, *continue_, [self = shared_from_this()](error_code error, size_t) {
      if (error) return self->Finish();
      self->ReadBody();
    });
  }

  void ReadBody() {
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](error_code error, size_t) {
                       if (error) return self->ReadFailed(error);
                       self->Handle();
                     });
  }

  void ReadFailed(error_code error) {
    if (error == http::error::body_limit) return Fail(413);
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
      return Fail(431);
    }
    // A request that came too slowly finds its socket closed: the stream does so by itself.
    if (error == http::error::end_of_stream || error == http::error::partial_message ||
        error.category() == boost::system::system_category() ||
        error.category() == asio::error::get_misc_category()) {
      return Finish();
    }
    Fail(400);
  }

  void Handle() {
    auto message = parser_->release();
    keep_alive_ = message.keep_alive();
    version_ = message.version();
    head_ = message.method() == http::verb::head;
    HttpRequest request;
    request.method = std::string(ToView(message.method_string()));
    request.target = std::string(ToView(message.target()));
    for (const auto& field : message) {
      request.headers.emplace_back(absl::AsciiStrToLower(ToView(field.name_string())),
                                   ToView(field.value()));
    }
    request.body = std::move(message.body());
    request.peer = peer_;
    const uint64_t number = answering_ = ++requests_;
    answer_timer_.expires_after(Chrono(shared_->options.answer_time));
    answer_timer_.async_wait([self = shared_from_this(), number](error_code error) {
      if (!error) self->Answer(number, self->Refusal(504));
    });
    shared_->handler(std::move(request), Promise(shared_from_this(), number));
  }

  // Answers 500 when it is dropped: a defect of a handler must not hold a connection.
  class Promise {
   public:
    Promise(std::shared_ptr<Connection> connection, uint64_t number)
        : connection_(std::move(connection)), number_(number) {}
    Promise(Promise&&) = default;
    Promise& operator=(Promise&&) = delete;
    ~Promise() {
      if (connection_ != nullptr) connection_->Answer(number_, connection_->Refusal(500));
    }
    void operator()(HttpResponse response) && {
      std::exchange(connection_, nullptr)->Answer(number_, std::move(response));
    }

   private:
    std::shared_ptr<Connection> connection_;
    uint64_t number_;
  };

  HttpResponse Refusal(int status) const {
    if (shared_->options.refusal != nullptr) return shared_->options.refusal(status);
    return {.status = status, .headers = {}, .body = ""};
  }

  // Answers and closes, as after this nobody knows where a next request would begin.
  void Fail(int status) {
    keep_alive_ = false;
    linger_ = true;
    Send(Refusal(status));
  }

  void Send(HttpResponse response) {
    if (shared_->draining) keep_alive_ = false;
    response_.emplace(static_cast<http::status>(response.status), version_);
    for (const auto& [name, value] : response.headers) {
      response_->insert(name, value);
    }
    response_->body() = std::move(response.body);
    response_->keep_alive(keep_alive_);
    // These never have a body, and a Content-Length would speak of the one that a 200 would have.
    if (response.status != 204 && response.status != 304) response_->prepare_payload();
    if (head_) response_->body().clear();
    stream_.expires_after(Chrono(shared_->options.write_time));
    http::async_write(stream_, *response_, [self = shared_from_this()](error_code error, size_t) {
      if (error) return self->Finish();
      if (self->keep_alive_) return self->AwaitRequest(self->shared_->options.idle_time);
      self->linger_ ? self->Linger() : self->Finish();
    });
  }

  void Linger() {
    error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    buffer_.clear();
    stream_.expires_after(kLingerTime);
    Discard(0);
  }

  void Discard(size_t discarded) {
    if (discarded > kLingerBytes || shared_->draining) return Finish();
    stream_.async_read_some(buffer_.prepare(kReadSize),
                            [self = shared_from_this(), discarded](error_code error, size_t size) {
                              if (error) return self->Finish();
                              self->Discard(discarded + size);
                            });
  }

  void Finish() {
    error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_both, ignored);
    stream_.socket().close(ignored);
  }

  static absl::string_view ToView(beast::string_view text) { return {text.data(), text.size()}; }

  const std::shared_ptr<Shared> shared_;
  beast::tcp_stream stream_;
  std::string peer_;
  asio::steady_timer answer_timer_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<http::response<http::empty_body>> continue_;
  std::optional<http::response<http::string_body>> response_;
  bool idle_ = false;
  bool keep_alive_ = true;
  bool linger_ = false;
  bool head_ = false;
  unsigned version_ = 11;
  uint64_t requests_ = 0;
  // Number of the request that waits for its answer, 0 for none.
  uint64_t answering_ = 0;
};

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
    return static_cast<int>(shared_->connections.size());
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
    AwaitIdle(patience);
    CloseAll(/*now=*/true);
    AwaitIdle(absl::Seconds(1));
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
    const bool full = connections() >= shared_->options.max_connections;
    const auto connection = std::make_shared<Connection>(std::move(socket), shared_);
    full ? connection->Refuse() : connection->Start();
  }

  void CloseAll(bool now) {
    std::vector<std::shared_ptr<Connection>> all;
    {
      absl::MutexLock lock(&shared_->mutex);
      for (Connection* connection : shared_->connections) {
        // Null for one whose last owner is just letting go.
        if (auto held = connection->weak_from_this().lock()) all.push_back(std::move(held));
      }
    }
    for (const auto& connection : all) connection->Close(now);
  }

  void AwaitIdle(absl::Duration patience) {
    absl::MutexLock lock(&shared_->mutex);
    shared_->mutex.AwaitWithTimeout(absl::Condition(shared_.get(), &Shared::Idle), patience);
  }

  const std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
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
