#pragma once

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <string>

namespace dm::gateway {

// An HTTP client that sends bytes as a test wants them.
class SocketClient {
 public:
  explicit SocketClient(int port) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{.tv_sec = 20, .tv_usec = 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    connected_ = connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  }
  ~SocketClient() { close(socket_); }
  SocketClient(const SocketClient&) = delete;
  SocketClient& operator=(const SocketClient&) = delete;

  bool connected() const { return connected_; }

  bool Send(const std::string& bytes) {
    for (size_t sent = 0; sent < bytes.size();) {
      const ssize_t n = send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (n <= 0) return false;
      sent += static_cast<size_t>(n);
    }
    return true;
  }

  struct Answer {
    // 0 when the connection was closed instead.
    int status = 0;
    std::string head;
    std::string body;

    std::string Header(const std::string& name) const {
      const std::string lower = absl::AsciiStrToLower(head);
      const size_t at = lower.find(absl::StrCat("\r\n", absl::AsciiStrToLower(name), ": "));
      if (at == std::string::npos) return "";
      const size_t begin = at + name.size() + 4;
      return head.substr(begin, head.find("\r\n", begin) - begin);
    }
  };

  // The next answer; `head_only` for one to HEAD.
  Answer Read(bool head_only = false) {
    Answer answer;
    size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!Receive()) return answer;
    }
    answer.head = buffer_.substr(0, end + 2);
    buffer_.erase(0, end + 4);
    int length = 0;
    if (!absl::SimpleAtoi(answer.head.substr(9, 3), &answer.status)) return answer;
    if (head_only || !absl::SimpleAtoi(answer.Header("content-length"), &length)) return answer;
    while (buffer_.size() < static_cast<size_t>(length)) {
      if (!Receive()) return answer;
    }
    answer.body = buffer_.substr(0, static_cast<size_t>(length));
    buffer_.erase(0, static_cast<size_t>(length));
    return answer;
  }

  Answer Ask(const std::string& method, const std::string& target, const std::string& headers = "",
             const std::string& body = "") {
    Send(absl::StrCat(method, " ", target, " HTTP/1.1\r\nHost: x\r\n", headers,
                      body.empty() ? "" : absl::StrCat("Content-Length: ", body.size(), "\r\n"),
                      "\r\n", body));
    return Read();
  }

  // Whether the server closes without another byte.
  bool ClosedByServer() { return buffer_.empty() && !Receive() && at_end_; }

 private:
  bool Receive() {
    char bytes[16384];
    const ssize_t n = recv(socket_, bytes, sizeof(bytes), 0);
    at_end_ = n == 0;
    if (n <= 0) return false;
    buffer_.append(bytes, static_cast<size_t>(n));
    return true;
  }

  const int socket_;
  bool connected_ = false;
  bool at_end_ = false;
  std::string buffer_;
};

}  // namespace dm::gateway
