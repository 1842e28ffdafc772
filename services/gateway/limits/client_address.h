#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace dm::gateway {

// The proxies whose word about the client's address is taken, as networks.
class TrustedProxies {
 public:
  // None: the client is who holds the connection.
  TrustedProxies() = default;
  // "10.0.0.0/8,fd00::/8,192.0.2.7". INVALID_ARGUMENT names what is no network.
  static absl::StatusOr<TrustedProxies> Parse(absl::string_view text);

  bool Contain(absl::string_view address) const;

 private:
  struct Network {
    // IPv4 as the IPv6 addresses ::ffff:a.b.c.d.
    std::array<uint8_t, 16> address;
    int bits;
  };
  std::vector<Network> networks_;
};

// Whom a call is counted for that has no token. `peer` is the other end of the connection
// ("192.0.2.7", or "ipv4:192.0.2.7:443" as gRPC writes it). When it is a trusted proxy, the last
// entry of `forwarded_for` (X-Forwarded-For) that is none of them; what stands before it anybody
// may have written. IPv6 addresses are cut to their /64, which is what one connection has. Never
// empty.
std::string ClientAddress(absl::string_view peer, absl::string_view forwarded_for,
                          const TrustedProxies& proxies);

}  // namespace dm::gateway
