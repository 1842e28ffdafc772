#include "services/gateway/http/http_connection.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include <chrono>
#include <utility>

namespace dm::gateway {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;

constexpr size_t kReadSize = 16 * 1024;
// What a refused client may still send while it reads the refusal: without it the kernel would
// reset the connection and throw the answer away.
constexpr size_t kLingerBytes = 4 * 1024 * 1024;
constexpr auto kLingerTime = std::chrono::seconds(2);

std::chrono::nanoseconds Chrono(absl::Duration d) { return absl::ToChronoNanoseconds(d); }

// Of a clock that is never set.
absl::Time SteadyNow() {
  return absl::UnixEpoch() + absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

absl::string_view ToView(beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

bool HttpConnections::MakeRoom() {
  using Waiting = HttpConnection::Waiting;
  const auto rank = [](const Waiting& waiting) {
    return std::make_pair(waiting.what != HttpConnection::Await::kTaking, waiting.since);
  };
  const absl::Time before = SteadyNow() - options.room_after;
  std::shared_ptr<HttpConnection> slowest;
  Waiting longest;
  {
    absl::MutexLock lock(&mutex);
    for (HttpConnection* connection : all) {
      const Waiting waiting = connection->waiting();
      if (waiting.what == HttpConnection::Await::kAnswer || waiting.since > before) continue;
      if (rank(waiting) >= rank(longest)) continue;
      // Null for one whose last owner is just letting go.
      if (auto held = connection->weak_from_this().lock()) {
        slowest = std::move(held);
        longest = waiting;
      }
    }
  }
  if (slowest == nullptr) return false;
  slowest->CloseIfStill(longest);
  return true;
}

HttpConnection::HttpConnection(tcp::socket socket, std::shared_ptr<HttpConnections> shared)
    : shared_(std::move(shared)),
      stream_(std::move(socket)),
      answer_timer_(stream_.get_executor()) {
  absl::MutexLock lock(&shared_->mutex);
  shared_->all.insert(this);
}

HttpConnection::~HttpConnection() {
  absl::MutexLock lock(&shared_->mutex);
  shared_->all.erase(this);
}

void HttpConnection::Start() {
  asio::dispatch(stream_.get_executor(), [self = shared_from_this()] {
    error_code ignored;
    self->stream_.socket().set_option(tcp::no_delay(true), ignored);
    const tcp::endpoint client = self->stream_.socket().remote_endpoint(ignored);
    if (!ignored) self->peer_ = client.address().to_string();
    self->AwaitRequest(self->shared_->options.read_time);
  });
}

void HttpConnection::Refuse() {
  asio::dispatch(stream_.get_executor(), [self = shared_from_this()] { self->Fail(503); });
}

void HttpConnection::Close(bool now) {
  asio::post(stream_.get_executor(), [self = shared_from_this(), now] {
    if (now || self->idle_) self->stream_.cancel();
    if (now) {
      error_code ignored;
      self->stream_.socket().close(ignored);
    }
  });
}

HttpConnection::Waiting HttpConnection::waiting() const {
  absl::MutexLock lock(&waiting_mutex_);
  return waiting_;
}

void HttpConnection::WaitFor(Await what) {
  absl::MutexLock lock(&waiting_mutex_);
  waiting_ = {what, SteadyNow()};
}

void HttpConnection::CloseIfStill(Waiting waiting) {
  asio::post(stream_.get_executor(), [self = shared_from_this(), waiting] {
    if (self->waiting().since == waiting.since) self->Finish();
  });
}

void HttpConnection::Answer(uint64_t number, HttpResponse response) {
  if (shared_->stopped) return;
  asio::dispatch(stream_.get_executor(),
                 [self = shared_from_this(), number, r = std::move(response)]() mutable {
                   if (number != self->answering_) return;
                   self->answering_ = 0;
                   self->answer_timer_.cancel();
                   self->Send(std::move(r));
                 });
}

void HttpConnection::AwaitRequest(absl::Duration patience) {
  if (shared_->draining) return Finish();
  if (buffer_.size() > 0) return ReadHeader();
  idle_ = true;
  WaitFor(Await::kRequest);
  stream_.expires_after(Chrono(patience));
  stream_.async_read_some(buffer_.prepare(kReadSize),
                          [self = shared_from_this()](error_code error, size_t size) {
                            self->idle_ = false;
                            if (error) return self->Finish();
                            self->buffer_.commit(size);
                            self->ReadHeader();
                          });
}

void HttpConnection::ReadHeader() {
  WaitFor(Await::kAnswer);
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

void HttpConnection::HeaderRead() {
  // Nothing is read with a body, so nobody waits for one that trickles.
  const http::verb method = parser_->get().method();
  const bool reads =
      method == http::verb::get || method == http::verb::head || method == http::verb::options;
  if (reads && !parser_->is_done()) return Fail(400);
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

void HttpConnection::ReadBody() {
  http::async_read(stream_, buffer_, *parser_,
                   [self = shared_from_this()](error_code error, size_t) {
                     if (error) return self->ReadFailed(error);
                     self->Handle();
                   });
}

void HttpConnection::ReadFailed(error_code error) {
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

// Answers 500 when it is dropped: a defect of a handler must not hold a connection.
class HttpConnection::Promise {
 public:
  Promise(std::shared_ptr<HttpConnection> connection, uint64_t number)
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
  std::shared_ptr<HttpConnection> connection_;
  uint64_t number_;
};

HttpRequest HttpConnection::TakeRequest() {
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
  return request;
}

void HttpConnection::Handle() {
  HttpRequest request = TakeRequest();
  const uint64_t number = answering_ = ++requests_;
  answer_timer_.expires_after(Chrono(shared_->options.answer_time));
  answer_timer_.async_wait([self = shared_from_this(), number](error_code error) {
    if (!error) self->Answer(number, self->Refusal(504));
  });
  shared_->handler(std::move(request), Promise(shared_from_this(), number));
}

HttpResponse HttpConnection::Refusal(int status) const {
  if (shared_->options.refusal != nullptr) return shared_->options.refusal(status);
  return {.status = status, .headers = {}, .body = ""};
}

void HttpConnection::Fail(int status) {
  keep_alive_ = false;
  linger_ = true;
  Send(Refusal(status));
}

void HttpConnection::Send(HttpResponse response) {
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
  WaitFor(Await::kTaking);
  stream_.expires_after(Chrono(shared_->options.write_time));
  http::async_write(stream_, *response_, [self = shared_from_this()](error_code error, size_t) {
    if (error) return self->Finish();
    if (self->keep_alive_) return self->AwaitRequest(self->shared_->options.idle_time);
    self->linger_ ? self->Linger() : self->Finish();
  });
}

void HttpConnection::Linger() {
  error_code ignored;
  stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
  buffer_.clear();
  stream_.expires_after(kLingerTime);
  Discard(0);
}

void HttpConnection::Discard(size_t discarded) {
  if (discarded > kLingerBytes || shared_->draining) return Finish();
  stream_.async_read_some(buffer_.prepare(kReadSize),
                          [self = shared_from_this(), discarded](error_code error, size_t size) {
                            if (error) return self->Finish();
                            self->Discard(discarded + size);
                          });
}

void HttpConnection::Finish() {
  error_code ignored;
  stream_.socket().shutdown(tcp::socket::shutdown_both, ignored);
  stream_.socket().close(ignored);
}

}  // namespace dm::gateway
