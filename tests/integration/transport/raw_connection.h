#pragma once

#include "absl/time/clock.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

namespace dm::process {

// Connections of a test, from a host of the loopback that it may choose.
class RawConnection {
 public:
  RawConnection() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  ~RawConnection() { Close(); }
  RawConnection(RawConnection&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}

  bool Connect(int port, const char* from = "127.0.0.1") {
    sockaddr_in own = {};
    own.sin_family = AF_INET;
    inet_pton(AF_INET, from, &own.sin_addr);
    sockaddr_in server = {};
    server.sin_family = AF_INET;
    server.sin_port = htons(static_cast<uint16_t>(port));
    inet_pton(AF_INET, "127.0.0.1", &server.sin_addr);
    return bind(socket_, reinterpret_cast<sockaddr*>(&own), sizeof(own)) == 0 &&
           connect(socket_, reinterpret_cast<sockaddr*>(&server), sizeof(server)) == 0;
  }
  // Whether the other side closes it before it says anything. gRPC speaks first: its settings.
  bool IsRefused() const {
    pollfd waited = {.fd = socket_, .events = POLLIN, .revents = 0};
    EXPECT_EQ(poll(&waited, 1, 5'000), 1);
    char byte = 0;
    return recv(socket_, &byte, 1, MSG_PEEK) <= 0;
  }
  // Whether the other side closes it, whatever it says before.
  bool EndsWithin(absl::Duration patience) {
    const absl::Time deadline = absl::Now() + patience;
    char bytes[1024];
    while (absl::Now() < deadline) {
      pollfd waited = {.fd = socket_, .events = POLLIN, .revents = 0};
      if (poll(&waited, 1, 100) == 1 && recv(socket_, bytes, sizeof(bytes), 0) <= 0) return true;
    }
    return false;
  }
  void Close() {
    if (socket_ >= 0) close(std::exchange(socket_, -1));
  }

 private:
  int socket_;
};

inline bool IsTaken(int port, const char* from) {
  RawConnection connection;
  return connection.Connect(port, from) && !connection.IsRefused();
}

}  // namespace dm::process
