#include "common/auth/https_download.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include <curl/curl.h>

#include <memory>
#include <utility>

namespace dm::auth {
namespace {

constexpr size_t kLargest = 256 * 1024;
constexpr long kPatienceMs = 5000;

// Not thread-safe in libcurl before 7.84, and cheap to do once.
void StartCurl() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)started;
}

size_t TakeBody(const char* data, size_t, size_t size, void* into) {
  auto& body = *static_cast<std::string*>(into);
  if (body.size() + size > kLargest) return 0;
  body.append(data, size);
  return size;
}

std::optional<absl::Duration> MaxAgeOf(absl::string_view cache_control) {
  std::optional<absl::Duration> age;
  for (absl::string_view directive : absl::StrSplit(cache_control, ',')) {
    directive = absl::StripAsciiWhitespace(directive);
    int64_t seconds = 0;
    if (absl::EqualsIgnoreCase(directive, "no-store") ||
        absl::EqualsIgnoreCase(directive, "no-cache")) {
      return absl::ZeroDuration();
    }
    if (absl::StartsWithIgnoreCase(directive, "max-age=") &&
        absl::SimpleAtoi(directive.substr(8), &seconds) && seconds >= 0) {
      age = absl::Seconds(seconds);
    }
  }
  return age;
}

size_t TakeHeader(const char* data, size_t, size_t size, void* into) {
  absl::string_view line(data, size);
  constexpr absl::string_view kName = "cache-control:";
  if (absl::StartsWithIgnoreCase(line, kName)) {
    static_cast<Downloaded*>(into)->max_age = MaxAgeOf(line.substr(kName.size()));
  }
  return size;
}

std::string PartOf(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return "";
  std::string copy = text;
  curl_free(text);
  return copy;
}

}  // namespace

absl::Status CheckKeysUrl(const std::string& text) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url(curl_url(), curl_url_cleanup);
  const bool parsed = curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) == CURLUE_OK;
  const std::string scheme = parsed ? PartOf(url.get(), CURLUPART_SCHEME) : "";
  const std::string host = parsed ? PartOf(url.get(), CURLUPART_HOST) : "";
  const bool here = host == "127.0.0.1" || host == "[::1]" || host == "localhost";
  if ((scheme == "https" || (scheme == "http" && here)) &&
      PartOf(url.get(), CURLUPART_USER).empty() && PartOf(url.get(), CURLUPART_PASSWORD).empty()) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("'", text, "' is not https://…, nor http:// on the loopback"));
}

absl::StatusOr<Downloaded> DownloadKeys(const std::string& url) {
  StartCurl();
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle(curl_easy_init(),
                                                                   curl_easy_cleanup);
  CURL* const curl = handle.get();
  Downloaded downloaded;
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, kPatienceMs);
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, TakeBody);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &downloaded.body);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, TakeHeader);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &downloaded);
  const CURLcode result = curl_easy_perform(curl);
  long code = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
  if (result != CURLE_OK) {
    return absl::UnavailableError(absl::StrCat(url, ": ", curl_easy_strerror(result)));
  }
  if (code != 200) return absl::UnavailableError(absl::StrCat(url, " answers ", code));
  return downloaded;
}

}  // namespace dm::auth
