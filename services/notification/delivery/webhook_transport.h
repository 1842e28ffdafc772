#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dm::notification {

struct WebhookPost {
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

struct WebhookAnswer {
  // 0 when there was none.
  int http_status = 0;
  // A fixed word: "HTTP_STATUS", "ADDRESS_REFUSED", "UNREACHABLE", "TLS", "TIMEOUT"; empty when the
  // post was taken.
  std::string failure;
  // What the receiver asked for.
  std::optional<absl::Duration> retry_after;
  absl::Duration took;

  bool taken() const { return failure.empty(); }
};

// Sends a post and waits for the answer. Not thread-safe: one for a thread.
class WebhookTransport {
 public:
  virtual ~WebhookTransport() = default;
  virtual WebhookAnswer Post(const WebhookPost& post) = 0;
};

// Over HTTP/1.1 by libcurl: only to public addresses, looked at when the connection is made, so
// that a name cannot lead elsewhere meanwhile; past no proxy, following no redirect, reading no
// more of an answer than fits a page.
class HttpWebhookTransport final : public WebhookTransport {
 public:
  struct Options {
    // Any address and plain http: for tests and trials on one machine.
    bool private_allowed = false;
    absl::Duration connect_time = absl::Seconds(5);
    absl::Duration longest = absl::Seconds(15);
  };
  explicit HttpWebhookTransport(Options options);
  ~HttpWebhookTransport() override;

  WebhookAnswer Post(const WebhookPost& post) override;

 private:
  const Options options_;
  // Keeps its connections from post to post.
  void* const curl_;
};

}  // namespace dm::notification
