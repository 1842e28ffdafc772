#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/gateway/http/http_server.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

// One client of the HTTP server; only http_server.cc has to do with it.
namespace dm::gateway {

class HttpConnection;

// What the connections of a server share. They hold it, as an answer may come after the server has
// gone.
struct HttpConnections {
  HttpServer::Options options;
  HttpServer::Handler handler;
  std::atomic<bool> draining = false;
  // No thread runs `io` any more.
  std::atomic<bool> stopped = false;

  mutable absl::Mutex mutex;
  absl::flat_hash_set<HttpConnection*> all ABSL_GUARDED_BY(mutex);

  // The last member, so that what it still holds goes first.
  boost::asio::io_context io;

  bool Empty() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) { return all.empty(); }
  // Closes one whose client keeps it waiting, if there is one.
  bool MakeRoom();
};

// Reads a request, has it handled, sends the answer, and again until either side has enough. Owned
// by what it waits for. Every private member function but Answer runs on the connection's strand.
class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  // `socket` belongs to a strand.
  HttpConnection(boost::asio::ip::tcp::socket socket, std::shared_ptr<HttpConnections> shared);
  ~HttpConnection();

  void Start();
  // Answers 503 and closes.
  void Refuse();
  // `now`: also a request under way is given up.
  void Close(bool now);

  // What the server waits for, and since when. Thread-safe.
  enum class Await : uint8_t { kAnswer, kTaking, kRequest };
  struct Waiting {
    Await what = Await::kAnswer;
    absl::Time since = absl::InfiniteFuture();
  };
  Waiting waiting() const;
  // Closes it unless it has gone on since.
  void CloseIfStill(Waiting waiting);

 private:
  class Promise;

  // From any thread. Only the answer to the request `number` counts: a late one is dropped.
  void Answer(uint64_t number, HttpResponse response);

  // The first bytes get `patience` of their own, so that an idle connection and a request that
  // never ends are told apart.
  void AwaitRequest(absl::Duration patience);
  void ReadHeader();
  void HeaderRead();
  void ReadBody();
  void ReadFailed(boost::system::error_code error);
  void Handle();
  HttpRequest TakeRequest();

  HttpResponse Refusal(int status) const;
  // Answers and closes, as after this nobody knows where a next request would begin.
  void Fail(int status);
  void Send(HttpResponse response);
  void Linger();
  void Discard(size_t discarded);
  void Finish();
  void WaitFor(Await what);

  const std::shared_ptr<HttpConnections> shared_;
  mutable absl::Mutex waiting_mutex_;
  Waiting waiting_ ABSL_GUARDED_BY(waiting_mutex_);
  boost::beast::tcp_stream stream_;
  std::string peer_;
  boost::asio::steady_timer answer_timer_;
  boost::beast::flat_buffer buffer_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
  std::optional<boost::beast::http::response<boost::beast::http::empty_body>> continue_;
  std::optional<boost::beast::http::response<boost::beast::http::string_body>> response_;
  bool idle_ = false;
  bool keep_alive_ = true;
  bool linger_ = false;
  bool head_ = false;
  unsigned version_ = 11;
  uint64_t requests_ = 0;
  // Number of the request that waits for its answer, 0 for none.
  uint64_t answering_ = 0;
};

}  // namespace dm::gateway
