#include "services/gateway/portal/web_client.h"

#include "common/errors/error.h"

#include <curl/curl.h>

#include <memory>

namespace dm::gateway {
namespace {

constexpr size_t kMostBytes = 1024 * 1024;
constexpr long kPatience = 5000;

size_t Collect(char* data, size_t size, size_t count, void* body) {
  auto* text = static_cast<std::string*>(body);
  // Less than was given tells libcurl to give up.
  if (text->size() + size * count > kMostBytes) return 0;
  text->append(data, size * count);
  return size * count;
}

absl::StatusOr<WebAnswer> Call(const WebRequest& request) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle(curl_easy_init(),
                                                                   curl_easy_cleanup);
  if (handle == nullptr) return BackendUnavailableError("the issuer");
  WebAnswer answer;
  CURL* curl = handle.get();
  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, kPatience);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, Collect);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
  if (!request.form.empty()) {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.form.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.form.c_str());
  }
  if (!request.credentials.empty()) {
    curl_easy_setopt(curl, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    curl_easy_setopt(curl, CURLOPT_USERPWD, request.credentials.c_str());
  }
  if (curl_easy_perform(curl) != CURLE_OK) return BackendUnavailableError("the issuer");
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<int>(status);
  return answer;
}

}  // namespace

WebClient CurlWebClient() {
  // Once a process, before other threads use it.
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)ready;
  return Call;
}

}  // namespace dm::gateway
