#pragma once

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/gateway/http/http_message.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace dm::gateway {

// An HTTP/1.1 server with keep-alive. Everything that a client can make it hold is bounded:
// connections, header and body bytes, the time for each. No exception leaves it. Thread-safe.
class HttpServer {
 public:
  // Gives the answer of a request, once, from any thread. Dropped uncalled it answers 500.
  using Respond = absl::AnyInvocable<void(HttpResponse) &&>;
  // Runs on an I/O thread and must not wait.
  using Handler = std::function<void(HttpRequest, Respond)>;
  // The answer for what the server refuses by itself: 400, 413, 431, 500, 503, 504.
  using Refusal = std::function<HttpResponse(int status)>;

  struct Options {
    // "host:port"; port 0 takes a free one.
    std::string listen = "127.0.0.1:0";
    int threads = 2;
    // One more takes the place of one whose client has kept it waiting, see `room_after`, or is
    // answered 503 and closed.
    int max_connections = 4096;
    // So long a client may leave an answer untaken, or say nothing between two requests, before it
    // makes room where room is needed: who has taken longest over an answer first, then who has
    // been silent longest.
    absl::Duration room_after = absl::Seconds(2);
    size_t header_limit = 16 * 1024;
    size_t body_limit = 1024 * 1024;
    // Between two requests of a connection.
    absl::Duration idle_time = absl::Seconds(60);
    // From the first byte of a request to its last; a slower client is cut off.
    absl::Duration read_time = absl::Seconds(10);
    // For the client to take an answer.
    absl::Duration write_time = absl::Seconds(20);
    // For the handler; 504 after it.
    absl::Duration answer_time = absl::Seconds(30);
    Refusal refusal;
  };

  // Listens and serves. UNAVAILABLE when the address cannot be had.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(Options options, Handler handler);

  virtual ~HttpServer() = default;
  virtual int port() const = 0;
  virtual int connections() const = 0;
  // Takes no more connections, closes idle ones, lets requests under way end for at most
  // `patience`, then closes all. Idempotent; the destructor drains with 10 s.
  virtual void Drain(absl::Duration patience) = 0;
};

}  // namespace dm::gateway
