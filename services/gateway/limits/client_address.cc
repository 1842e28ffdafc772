#include "services/gateway/limits/client_address.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

namespace dm::gateway {
namespace {

using Address = std::array<uint8_t, 16>;

constexpr Address kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0};
constexpr int kMappedBits = 96;
constexpr int kOneConnection = 64;

std::optional<Address> Parse(absl::string_view text) {
  const std::string address(text);
  Address bytes = kMapped;
  if (inet_pton(AF_INET, address.c_str(), bytes.data() + 12) == 1) return bytes;
  if (inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1) return bytes;
  return std::nullopt;
}

bool SameNetwork(const Address& a, const Address& b, int bits) {
  const int whole = bits / 8;
  if (std::memcmp(a.data(), b.data(), static_cast<size_t>(whole)) != 0) return false;
  const int rest = bits % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<uint8_t>(0xff << (8 - rest));
  return ((a[static_cast<size_t>(whole)] ^ b[static_cast<size_t>(whole)]) & mask) == 0;
}

bool IsIpv4(const Address& address) { return SameNetwork(address, kMapped, kMappedBits); }

// Without the family, the brackets and the port that may stand around it.
std::string Bare(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  if (!absl::ConsumePrefix(&text, "ipv4:")) absl::ConsumePrefix(&text, "ipv6:");
  // gRPC escapes the brackets.
  const std::string whole = absl::StrReplaceAll(text, {{"%5B", "["}, {"%5D", "]"}});
  absl::string_view bare = whole;
  if (absl::ConsumePrefix(&bare, "[")) return std::string(bare.substr(0, bare.find(']')));
  if (std::count(bare.begin(), bare.end(), ':') == 1) bare = bare.substr(0, bare.find(':'));
  return std::string(bare);
}

std::string Counted(absl::string_view text) {
  std::optional<Address> address = Parse(text);
  // A Unix socket, for instance.
  if (!address.has_value()) return "unknown";
  if (!IsIpv4(*address)) std::fill(address->begin() + kOneConnection / 8, address->end(), 0);
  return std::string(address->begin(), address->end());
}

}  // namespace

absl::StatusOr<TrustedProxies> TrustedProxies::Parse(absl::string_view text) {
  TrustedProxies proxies;
  for (const absl::string_view entry : absl::StrSplit(text, ',', absl::SkipWhitespace())) {
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(absl::StripAsciiWhitespace(entry), absl::MaxSplits('/', 1));
    const std::optional<Address> address = dm::gateway::Parse(parts.first);
    int bits = 0;
    bool fits = address.has_value();
    if (fits) {
      const int offset = IsIpv4(*address) ? kMappedBits : 0;
      bits = 128 - offset;
      if (absl::StrContains(entry, '/')) {
        fits = absl::SimpleAtoi(parts.second, &bits) && bits >= 0 && bits <= 128 - offset;
      }
      bits += offset;
    }
    if (!fits) {
      return absl::InvalidArgumentError(
          absl::StrCat("'", entry, "' is not a network, for instance 10.0.0.0/8"));
    }
    proxies.networks_.push_back({*address, bits});
  }
  return proxies;
}

bool TrustedProxies::Contain(absl::string_view text) const {
  const std::optional<Address> address = dm::gateway::Parse(text);
  return address.has_value() &&
         std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
           return SameNetwork(network.address, *address, network.bits);
         });
}

std::string ClientAddress(absl::string_view peer, absl::string_view forwarded_for,
                          const TrustedProxies& proxies) {
  std::string client = Bare(peer);
  std::vector<absl::string_view> hops = absl::StrSplit(forwarded_for, ',', absl::SkipWhitespace());
  while (!hops.empty() && proxies.Contain(client)) {
    const std::string before = Bare(hops.back());
    // What a trusted proxy did not understand either.
    if (!dm::gateway::Parse(before).has_value()) break;
    client = before;
    hops.pop_back();
  }
  return Counted(client);
}

}  // namespace dm::gateway
