#include "services/notification/domain/webhook.h"

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>

namespace dm::notification {
namespace {

constexpr size_t kLongestUrl = 500;
constexpr absl::string_view kSecretPrefix = "whsec_";

struct NamedState {
  WebhookState state;
  absl::string_view name;
};
constexpr std::array kStates = {NamedState{WebhookState::kActive, "ACTIVE"},
                                NamedState{WebhookState::kPaused, "PAUSED"},
                                NamedState{WebhookState::kDisabled, "DISABLED"}};

std::string SignatureBy(absl::string_view secret, absl::string_view signed_text) {
  std::string key;
  absl::Base64Unescape(absl::StripPrefix(secret, kSecretPrefix), &key);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(signed_text.data()), signed_text.size(), digest,
       &size);
  return absl::StrCat(
      "v1,", absl::Base64Escape(absl::string_view(reinterpret_cast<const char*>(digest), size)));
}

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, FreeUrl>;

std::string PartOf(const Url& url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url.get(), part, &text, 0) != CURLUE_OK || text == nullptr) return "";
  std::string copy(text);
  curl_free(text);
  return copy;
}

// The bytes of a host that is an address; absent for a name.
std::optional<std::string> AddressOf(absl::string_view host) {
  unsigned char bytes[16];
  const std::string text(absl::StripSuffix(absl::StripPrefix(host, "["), "]"));
  if (inet_pton(AF_INET, text.c_str(), bytes) == 1) {
    return std::string(reinterpret_cast<char*>(bytes), 4);
  }
  if (inet_pton(AF_INET6, text.c_str(), bytes) == 1) {
    return std::string(reinterpret_cast<char*>(bytes), 16);
  }
  return std::nullopt;
}

// A name that means nothing outside, or something else inside.
bool IsInsideName(absl::string_view host) {
  for (const absl::string_view suffix : {"localhost", "local", "internal", "lan", "home", "corp",
                                         "intranet", "test", "invalid", "example", "onion"}) {
    if (host == suffix || absl::EndsWith(host, absl::StrCat(".", suffix))) return true;
  }
  return !absl::StrContains(host, '.');
}

struct Range {
  std::array<unsigned char, 16> prefix;
  int bits;
};

bool IsWithin(absl::string_view bytes, const Range& range) {
  for (int bit = 0; bit < range.bits; bit += 8) {
    const int left = std::min(8, range.bits - bit);
    const auto mask = static_cast<unsigned char>(0xFF << (8 - left));
    const auto i = static_cast<size_t>(bit / 8);
    if ((static_cast<unsigned char>(bytes[i]) & mask) != (range.prefix[i] & mask)) return false;
  }
  return true;
}

// IANA's special-purpose registry of IPv4, and multicast.
constexpr Range kInsideV4[] = {{{0}, 8},
                               {{10}, 8},
                               {{100, 64}, 10},
                               {{127}, 8},
                               {{169, 254}, 16},
                               {{172, 16}, 12},
                               {{192, 0, 0}, 24},
                               {{192, 0, 2}, 24},
                               {{192, 31, 196}, 24},
                               {{192, 52, 193}, 24},
                               {{192, 88, 99}, 24},
                               {{192, 168}, 16},
                               {{192, 175, 48}, 24},
                               {{198, 18}, 15},
                               {{198, 51, 100}, 24},
                               {{203, 0, 113}, 24},
                               {{224}, 4},
                               {{240}, 4}};

// What of the global unicast addresses of IPv6 leads elsewhere: Teredo and its kin, documentation,
// 6to4.
constexpr Range kGlobalV6{{0x20}, 3};
constexpr Range kInsideV6[] = {
    {{0x20, 0x01}, 23}, {{0x20, 0x01, 0x0d, 0xb8}, 32}, {{0x20, 0x02}, 16}, {{0x3f, 0xff}, 20}};
constexpr Range kMappedV4{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96};

}  // namespace

absl::string_view WebhookStateName(WebhookState state) {
  for (const NamedState& named : kStates) {
    if (named.state == state) return named.name;
  }
  return "";
}

std::optional<WebhookState> WebhookStateOf(absl::string_view name) {
  for (const NamedState& named : kStates) {
    if (named.name == name) return named.state;
  }
  return std::nullopt;
}

std::string NewWebhookSecret() {
  unsigned char bytes[32];
  if (RAND_bytes(bytes, sizeof(bytes)) != 1) {
    std::fputs("there is no randomness\n", stderr);
    std::abort();
  }
  return absl::StrCat(kSecretPrefix, absl::Base64Escape(absl::string_view(
                                         reinterpret_cast<char*>(bytes), sizeof(bytes))));
}

std::string WebhookSignature(const Webhook& webhook, absl::string_view message_id, absl::Time now,
                             absl::string_view body) {
  const std::string text = absl::StrCat(message_id, ".", absl::ToUnixSeconds(now), ".", body);
  std::string signature = SignatureBy(webhook.secret, text);
  if (webhook.previous_secret_until.has_value() && now < *webhook.previous_secret_until) {
    absl::StrAppend(&signature, " ", SignatureBy(webhook.previous_secret, text));
  }
  return signature;
}

std::string WebhookUrlFault(const std::string& text, bool private_allowed) {
  if (text.empty()) return "must not be empty";
  if (text.size() > kLongestUrl) return absl::StrCat("must be at most ", kLongestUrl, " bytes");
  if (std::any_of(text.begin(), text.end(), [](char c) { return c <= ' ' || c >= 0x7F; })) {
    return "must be printable ASCII";
  }
  const Url url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) {
    return "must be a URL";
  }
  const std::string scheme = PartOf(url, CURLUPART_SCHEME);
  if (scheme != "https" && !(private_allowed && scheme == "http")) return "must be https";
  if (!PartOf(url, CURLUPART_USER).empty() || !PartOf(url, CURLUPART_PASSWORD).empty()) {
    return "must not hold a user or password";
  }
  if (!PartOf(url, CURLUPART_FRAGMENT).empty()) return "must not have a fragment";
  if (private_allowed) return "";
  const std::string host = PartOf(url, CURLUPART_HOST);
  const std::optional<std::string> address = AddressOf(host);
  const bool inside =
      address.has_value() ? !IsPublicAddress(*address) : IsInsideName(absl::StripSuffix(host, "."));
  return inside ? "must lead to a public address" : "";
}

bool IsPublicAddress(absl::string_view bytes) {
  const auto within = [&](const Range& range) { return IsWithin(bytes, range); };
  if (bytes.size() == 4) return std::none_of(std::begin(kInsideV4), std::end(kInsideV4), within);
  if (bytes.size() != 16) return false;
  if (within(kMappedV4)) return IsPublicAddress(bytes.substr(12));
  return within(kGlobalV6) && std::none_of(std::begin(kInsideV6), std::end(kInsideV6), within);
}

absl::Duration WebhookRetryDelay(int failures, std::optional<absl::Duration> asked, double lot) {
  constexpr absl::Duration kFirst = absl::Seconds(5);
  constexpr absl::Duration kLongest = absl::Hours(1);
  const int doublings = std::clamp(failures - 1, 0, 10);
  const absl::Duration delay = std::min(kFirst * (1 << doublings), kLongest) * (1 - lot / 4);
  if (!asked.has_value()) return delay;
  return std::max(delay, std::min(*asked, kLongest));
}

}  // namespace dm::notification
