#include "services/notification/delivery/webhook_transport.h"

#include "absl/strings/str_cat.h"
#include "services/notification/domain/webhook.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <memory>

namespace dm::notification {
namespace {

// More of an answer than anybody needs; what sends more is cut off.
constexpr size_t kLongestAnswer = 16 * 1024;

struct Exchange {
  bool private_allowed = false;
  bool address_refused = false;
  size_t received = 0;
};

std::string BytesOf(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    return {reinterpret_cast<const char*>(&v4.sin_addr), sizeof(v4.sin_addr)};
  }
  if (address.sa_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    return {reinterpret_cast<const char*>(&v6.sin6_addr), sizeof(v6.sin6_addr)};
  }
  return "";
}

// Where libcurl is about to connect to, after every name was resolved.
curl_socket_t OpenSocket(void* exchange, curlsocktype, curl_sockaddr* address) {
  auto* const state = static_cast<Exchange*>(exchange);
  if (!state->private_allowed && !IsPublicAddress(BytesOf(address->addr))) {
    state->address_refused = true;
    return CURL_SOCKET_BAD;
  }
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

size_t Discard(char*, size_t size, size_t count, void* exchange) {
  auto* const state = static_cast<Exchange*>(exchange);
  state->received += size * count;
  return state->received > kLongestAnswer ? 0 : size * count;
}

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;

List HeadersOf(const WebhookPost& post) {
  List list;
  for (const auto& [name, value] : post.headers) {
    list.reset(curl_slist_append(list.release(), absl::StrCat(name, ": ", value).c_str()));
  }
  // Neither waits for a leave to send the body.
  list.reset(curl_slist_append(list.release(), "Expect:"));
  return list;
}

std::string FailureOf(CURLcode code, const Exchange& exchange, long status) {
  if (code == CURLE_OK || (code == CURLE_WRITE_ERROR && status != 0)) {
    return status >= 200 && status < 300 ? "" : "HTTP_STATUS";
  }
  if (exchange.address_refused) return "ADDRESS_REFUSED";
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return "TIMEOUT";
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
      return "TLS";
    default:
      return "UNREACHABLE";
  }
}

}  // namespace

HttpWebhookTransport::HttpWebhookTransport(Options options)
    : options_(options), curl_(curl_easy_init()) {}

HttpWebhookTransport::~HttpWebhookTransport() { curl_easy_cleanup(curl_); }

WebhookAnswer HttpWebhookTransport::Post(const WebhookPost& post) {
  CURL* const curl = curl_;
  Exchange exchange{.private_allowed = options_.private_allowed};
  const List headers = HeadersOf(post);
  // Keeps the connections, forgets all else.
  curl_easy_reset(curl);
  curl_easy_setopt(curl, CURLOPT_URL, post.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, options_.private_allowed ? "http,https" : "https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(absl::ToInt64Milliseconds(options_.connect_time)));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS,
                   static_cast<long>(absl::ToInt64Milliseconds(options_.longest)));
  // A receiver that moves is found within a minute.
  curl_easy_setopt(curl, CURLOPT_MAXLIFETIME_CONN, 60L);
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "destinationmetier-webhooks/1");
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(post.body.size()));
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, post.body.data());
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, OpenSocket);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, Discard);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &exchange);
  const CURLcode code = curl_easy_perform(curl);
  long status = 0;
  curl_off_t micros = 0;
  curl_off_t retry_after = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(curl, CURLINFO_TOTAL_TIME_T, &micros);
  curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &retry_after);
  WebhookAnswer answer{.http_status = static_cast<int>(status),
                       .failure = FailureOf(code, exchange, status),
                       .took = absl::Microseconds(micros)};
  if (retry_after > 0) answer.retry_after = absl::Seconds(retry_after);
  return answer;
}

}  // namespace dm::notification
